terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "region" { default = "eu-west-1" }

variable "db_password" {
  type      = string
  sensitive = true
}

provider "aws" {
  region                      = var.region
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  default_tags {
    tags = { owner = "platform" }
  }
}

provider "aws" {
  alias                       = "ohio"
  region                      = "us-east-2"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  root_block_device {
    volume_type = "gp3"
    volume_size = 30
  }
  tags = { team = "shop" }
}

resource "aws_ebs_volume" "data" {
  provider          = aws.ohio
  count             = 2
  availability_zone = "us-east-2a"
  size              = 100 * (count.index + 1)
  type              = "gp2"
}

resource "aws_launch_template" "worker" {
  name_prefix   = "worker-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "c5.large"
}

resource "aws_autoscaling_group" "worker" {
  min_size           = 1
  desired_capacity   = 2
  max_size           = 4
  availability_zones = ["eu-west-1a"]
  launch_template {
    id      = aws_launch_template.worker.id
    version = "$Latest"
  }
}

resource "aws_db_instance" "db" {
  engine              = "postgres"
  instance_class      = "db.t3.medium"
  allocated_storage   = 20
  storage_type        = "gp2"
  username            = "app"
  password            = var.db_password
  skip_final_snapshot = true
}

module "service" {
  source   = "./modules/service"
  for_each = toset(["api", "cron"])
  name     = each.key
  size     = each.key == "api" ? 512 : 1024
}
