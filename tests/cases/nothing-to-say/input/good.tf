provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "c" {
  availability_zone = "us-east-1a"
  size              = 100
  type              = "gp3"
  tags              = { team = "net", env = "prod" }
}
