variable "size" {
  default = "20"
}

resource "aws_instance" "i" {
  instance_type = "m5.xlarge"
  tags          = { From = "override" }
}

provider "aws" {
  default_tags {
    tags = { Default = "overridden in" }
  }
}
