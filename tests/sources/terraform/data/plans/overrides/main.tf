variable "size" {
  type    = number
  default = 10
}

locals {
  kept     = "kept"
  replaced = "before"
}

resource "aws_instance" "i" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  tags          = { From = "main", Kept = local.kept, Replaced = local.replaced }

  root_block_device {
    volume_size = 8
    volume_type = "gp2"
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
  }

  ebs_block_device {
    device_name = "/dev/sdg"
    volume_size = 2
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ebs_volume" "v" {
  count             = 1
  availability_zone = "eu-west-1a"
  size              = var.size
}

module "m" {
  source = "./first"
  name   = "first"
}
