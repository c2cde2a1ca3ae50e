variable "size" {
  type    = number
}
variable "kind" {
  default = "gp3"
}
locals {
  a = 20
}
module "child" {
  size = var.size * 2
}
resource "aws_ebs_volume" "this" {
  for_each = toset(["x", "y"])
  tags     = { c = local.a }
}
resource "aws_instance" "this" {
  count = 2
  ebs_block_device {
    device_name = "/dev/sdz"
    volume_size = 7
  }
}
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:Put*"]
    resources = ["*"]
  }
}
