resource "aws_instance" "i" {
  instance_type = "m5.large"

  ebs_block_device {
    device_name = "/dev/sdh"
    volume_size = 3
  }
}

resource "aws_ebs_volume" "v" {
  count = 2
}

locals {
  replaced = "after"
}

module "m" {
  source = "./second"
}
