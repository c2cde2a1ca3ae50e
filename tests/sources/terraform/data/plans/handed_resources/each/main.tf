variable "subnet" {}
variable "name" {}
locals {
  label = format("%s=%s", var.name, var.subnet.cidr_block)
}
resource "aws_route_table" "this" {
  vpc_id = var.subnet.vpc_id
  tags   = { Name = local.label }
}
output "label" { value = local.label }
