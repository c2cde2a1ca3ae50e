variable "cidrs" { type = map(string) }

resource "aws_subnet" "s" {
  for_each   = var.cidrs
  vpc_id     = "vpc-1"
  cidr_block = each.value
}

output "subnets" { value = aws_subnet.s }
output "cidrs" { value = [for s in aws_subnet.s : s.cidr_block] }
