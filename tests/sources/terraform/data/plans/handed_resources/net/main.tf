variable "zones" { type = map(string) }
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "net" }
}
resource "aws_subnet" "this" {
  for_each          = var.zones
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, index(keys(var.zones), each.key))
  availability_zone = each.value
  map_public_ip_on_launch = each.key == "a"
  tags              = merge(aws_vpc.this.tags, { Name = "${aws_vpc.this.tags.Name}-${each.key}" })
}
output "vpc" { value = aws_vpc.this }
output "subnets" { value = aws_subnet.this }
output "names" { value = { for k, s in aws_subnet.this : upper(k) => "${s.tags.Name}/${s.availability_zone}" } }
