variable "region" {}
variable "stage" {}

provider "aws" {
  region                      = var.region
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true

  default_tags {
    tags = { Stage = var.stage, Module = "own" }
  }
}

resource "aws_sns_topic" "own" {
  name = "own"
}

module "below" {
  source = "../topic"
}
