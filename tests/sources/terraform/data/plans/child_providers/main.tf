variable "stage" { default = "test" }

module "own" {
  source = "./own"
  region = "eu-central-1"
  stage  = var.stage
}

module "chain" {
  source = "./chain"
  providers = {
    aws.main = aws
  }
}

resource "aws_sns_topic" "root" {
  name = "root"
}
