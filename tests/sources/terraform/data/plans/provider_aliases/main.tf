variable "team" { default = "data" }

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true

  default_tags {
    tags = { Team = var.team, Provider = "main" }
  }
}

provider "aws" {
  alias                       = "west"
  region                      = "us-west-2"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true

  default_tags {
    tags = { Provider = "west" }
  }
}

provider "aws" {
  alias                       = "plain"
  region                      = "us-east-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

resource "aws_ebs_volume" "here" {
  availability_zone = "eu-west-1a"
  size              = 1
}

resource "aws_ebs_volume" "west" {
  provider          = aws.west
  availability_zone = "us-west-2a"
  size              = 1
  tags              = { Own = "yes" }
}

module "inherits" {
  source = "./volume"
}

module "west" {
  source    = "./volume"
  providers = { aws = aws.west }
}

module "pair" {
  source = "./pair"
  count  = 1
  providers = {
    aws       = aws.plain
    aws.other = aws.west
  }
}
