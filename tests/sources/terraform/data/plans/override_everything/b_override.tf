module "child" {
  kind = "io2"
}
resource "aws_instance" "this" {
  instance_type = "t3.large"
  root_block_device {
    volume_size = 99
  }
}
provider "aws" {
  region = "eu-central-1"
  default_tags {
    tags = { From = "override" }
  }
}
