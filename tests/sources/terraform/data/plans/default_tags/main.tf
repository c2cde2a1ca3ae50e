locals {
  common = { Environment = "production", Version = 3 }
}

resource "aws_eip" "late" {}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true

  default_tags {
    tags = merge(local.common, { Owner = "platform", Budget = 100.50, Shared = true })
  }
}

provider "aws" {
  alias                       = "ignoring"
  region                      = "eu-west-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true

  default_tags {
    tags = { Owner = "platform", Hidden = "x" }
  }

  ignore_tags {
    keys         = ["Hidden"]
    key_prefixes = ["internal:"]
  }
}

resource "aws_sqs_queue" "ignoring" {
  provider = aws.ignoring
  name     = "ignoring"
  tags     = { "internal:id" = "7", Extra = "x" }
}

resource "aws_sqs_queue" "bare" {
  name = "bare"
}

resource "aws_sqs_queue" "overrides" {
  name = "overrides"
  tags = { Owner = "shop", Extra = "1" }
}

resource "aws_sqs_queue" "empty_text" {
  name = "empty"
  tags = { Owner = "" }
}

resource "aws_sqs_queue" "null_tag" {
  name = "null"
  tags = { Owner = null, Extra = "x" }
}

resource "aws_sqs_queue" "null_tags" {
  name = "nulls"
  tags = null
}

resource "aws_sqs_queue" "unknown_tag" {
  name = "unknown"
  tags = { Address = aws_eip.late.id, Extra = "x" }
}

resource "aws_autoscaling_group" "no_map" {
  name                 = "g"
  min_size             = 1
  max_size             = 1
  availability_zones   = ["eu-west-1a"]
  launch_configuration = "existing"

  tag {
    key                 = "Own"
    value               = "yes"
    propagate_at_launch = true
  }
}

resource "aws_route_table_association" "untaggable" {
  route_table_id = "rtb-1"
  subnet_id      = "subnet-1"
}

resource "aws_s3_bucket" "b" {
  bucket = "company-b"
}

resource "aws_s3_bucket_versioning" "untaggable" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_instance" "volumes" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  volume_tags   = { Kind = "volume" }
  root_block_device {
    volume_size = 8
  }
}

resource "aws_launch_template" "t" {
  name          = "template"
  instance_type = "t3.micro"
  tag_specifications {
    resource_type = "instance"
    tags          = { Kind = "instance" }
  }
}
