# A comment
// another
/* and
   a third */
terraform {
  required_version = ">= 1.5"
}

resource "aws_instance" "web" {
  ami = "ami-1" // why

  ebs_block_device { volume_size = 10 }

  lifecycle {}

  dynamic "ebs_block_device" {
    for_each = var.volumes
    content {
      volume_size = ebs_block_device.value
    }
  }
}

provider aws {
  alias = "eu"
}
