provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { team = "search", env = "prod" }
  }
}

variable "workers" {
  type = number
}

variable "large" {
  type = bool
}

resource "aws_instance" "worker" {
  count         = var.workers
  ami           = "ami-1"
  instance_type = var.large ? "m5.xlarge" : "m5.large"
}
