provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { team = "search", env = "prod" }
  }
}

resource "aws_instance" "api" {
  count         = 5
  ami           = "ami-1"
  instance_type = "m7i.xlarge"
}
