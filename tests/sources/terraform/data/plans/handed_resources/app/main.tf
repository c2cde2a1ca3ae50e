variable "vpc" {
  type = object({ id = string, cidr_block = string, tags = map(string) })
}
variable "subnets" {
  type = map(object({ id = string, availability_zone = string, map_public_ip_on_launch = optional(bool), missing = optional(string, "d") }))
}
variable "any" { type = any }
variable "list" {
  type = list(object({ cidr_block = string }))
}
resource "aws_security_group" "this" {
  name   = "app-${var.vpc.tags["Name"]}"
  vpc_id = var.vpc.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = concat([var.vpc.cidr_block], var.list[*].cidr_block)
  }
}
resource "aws_instance" "this" {
  for_each          = { for k, s in var.subnets : k => s if s.map_public_ip_on_launch == true }
  ami               = "ami-0123456789abcdef0"
  instance_type     = "t3.${each.value.missing == "d" ? "small" : "large"}"
  subnet_id         = each.value.id
  availability_zone = each.value.availability_zone
}
output "facts" {
  value = { zones = [for s in var.subnets : s.availability_zone], any = var.any.cidr_block, tag = var.any.tags.Name, instances = keys(aws_instance.this), missing = var.subnets["b"].missing }
}
