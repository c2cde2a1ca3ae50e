# Overrides of each kind of block.
variable "size" {
  type    = string
  default = "10"
}
variable "kind" {
  default = "gp2"
}
locals {
  a = 1
  b = local.a + 1
}
module "child" {
  source = "./child"
  size   = 1
  kind   = var.kind
}
resource "aws_ebs_volume" "this" {
  for_each          = toset(["x"])
  availability_zone = "eu-west-1a"
  size              = local.b
  type              = var.kind
  tags              = { a = 1, b = 2 }
}
resource "aws_instance" "this" {
  count         = 1
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  dynamic "ebs_block_device" {
    for_each = [1, 2]
    content {
      device_name = "/dev/sd${ebs_block_device.value}"
      volume_size = 5
    }
  }
  credit_specification {
    cpu_credits = "unlimited"
  }
}
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:Get*"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "this" {
  name   = "p"
  policy = data.aws_iam_policy_document.this.json
}
output "b" { value = local.b }
