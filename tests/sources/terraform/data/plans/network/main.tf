# A VPC of three tiers in all zones of its list, as public network modules lay it out.
variable "name" {
  default = "core"
}
variable "cidr" {
  default = "10.20.0.0/16"
}
variable "azs" {
  type    = list(string)
  default = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}
variable "single_nat_gateway" {
  default = false
}
variable "private_subnet_suffix" {
  default = null
}
locals {
  len          = max(length(var.azs), 2)
  bits         = ceil(log(local.len * 4, 2))
  tiers        = ["public", "private", "database"]
  subnets      = { for pair in setproduct(local.tiers, range(length(var.azs))) : "${pair[0]}-${pair[1]}" => { tier = pair[0], az = var.azs[pair[1]], cidr = cidrsubnet(var.cidr, local.bits, index(local.tiers, pair[0]) * local.len + pair[1]) } }
  nat_count    = var.single_nat_gateway ? 1 : length([for s in values(local.subnets) : s if s.tier == "public"])
  public_keys  = sort([for k, s in local.subnets : k if s.tier == "public"])
  nat_by_az    = { for i, k in local.public_keys : local.subnets[k].az => i }
  common_tags  = merge({ Name = var.name }, { Terraform = "true", Environment = terraform.workspace })
  max_len      = max([for k in keys(local.subnets) : length(k)]...)
}
resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = !false
  instance_tenancy     = coalesce(null, "", "default")
  tags                 = local.common_tags
}
resource "aws_subnet" "this" {
  for_each                = local.subnets
  vpc_id                  = aws_vpc.this.id
  cidr_block              = each.value.cidr
  availability_zone       = each.value.az
  map_public_ip_on_launch = each.value.tier == "public"
  tags                    = merge(local.common_tags, { Name = format("%s-%s-%s", var.name, coalesce(var.private_subnet_suffix, each.value.tier), substr(each.value.az, -1, 1)), Tier = title(each.value.tier) })
}
resource "aws_eip" "nat" {
  count  = local.nat_count
  domain = "vpc"
  tags   = { Name = "${var.name}-${element(var.azs, var.single_nat_gateway ? 0 : count.index)}" }
}
resource "aws_nat_gateway" "this" {
  count         = local.nat_count
  allocation_id = element(aws_eip.nat[*].id, var.single_nat_gateway ? 0 : count.index)
  subnet_id     = aws_subnet.this[local.public_keys[count.index]].id
  tags          = merge(aws_eip.nat[count.index].tags, { az = aws_subnet.this[local.public_keys[count.index]].availability_zone })
}
resource "aws_route_table" "private" {
  for_each = { for k, s in local.subnets : s.az => k... if s.tier != "public" }
  vpc_id   = aws_vpc.this.id
  tags     = { Name = "${var.name}-${each.key}", subnets = join(",", each.value), nat = local.nat_by_az[each.key] }
}
resource "aws_route" "private" {
  for_each               = aws_route_table.private
  route_table_id         = each.value.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[var.single_nat_gateway ? 0 : local.nat_by_az[each.key]].id
}
resource "aws_route_table_association" "private" {
  for_each       = { for k, s in local.subnets : k => s if contains(["private", "database"], s.tier) }
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.private[each.value.az].id
}
resource "aws_db_subnet_group" "this" {
  name       = lower("${var.name}-DB")
  subnet_ids = [for k, s in aws_subnet.this : s.id if startswith(k, "database")]
  tags       = { count = length([for k, s in aws_subnet.this : s.id if startswith(k, "database")]), widest = local.max_len }
}
resource "terraform_data" "facts" {
  input = {
    bits    = local.bits
    netmask = cidrnetmask(var.cidr)
    hosts   = [for s in values(local.subnets) : cidrhost(s.cidr, 10)]
    zones   = { for az in var.azs : az => [for k, s in local.subnets : k if s.az == az] }
    one     = one([for s in aws_subnet.this : s.cidr_block if s.tags.Tier == "Public" && s.availability_zone == var.azs[0]])
    dns     = aws_vpc.this.enable_dns_hostnames
    keys    = keys(aws_subnet.this)
    tags    = aws_vpc.this.tags.Environment
  }
}
