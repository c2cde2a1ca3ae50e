terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.main]
    }
  }
}

module "first" {
  source    = "../topic"
  providers = { aws = aws.main }
}

resource "aws_sns_topic" "chained" {
  provider = aws.main
  name     = "chained"
}
