terraform {
  backend "s3" {}
}

provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { team = "shop", env = terraform.workspace }
  }
}

variable "instance_type" {
  type = string
}

variable "volume_gb" {
  type    = number
  default = 20

  validation {
    condition     = var.volume_gb <= 100
    error_message = "Ask the platform team for more than 100 GB."
  }
}

resource "aws_instance" "web" {
  ami           = "ami-1"
  instance_type = var.instance_type
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  type              = "gp2"
  size              = var.volume_gb
}
