variable "size" {}
variable "kind" {}
resource "aws_ebs_volume" "this" {
  availability_zone = "eu-west-1b"
  size              = var.size
  type              = var.kind
  iops              = var.kind == "io2" ? 500 : null
}
