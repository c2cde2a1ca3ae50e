# Whole resources handed to modules and out of them, and what is made of maps of resources.
module "net" {
  source = "./net"
  zones  = { a = "eu-west-1a", b = "eu-west-1b" }
}
module "app" {
  source  = "./app"
  vpc     = module.net.vpc
  subnets = module.net.subnets
  any     = module.net.subnets["a"]
  list    = values(module.net.subnets)
}
module "each" {
  source   = "./each"
  for_each = module.net.subnets
  subnet   = each.value
  name     = each.key
}
locals {
  subnets = module.net.subnets
  by_zone = { for s in local.subnets : s.availability_zone => s.id... }
  zones   = values(local.subnets)[*].availability_zone
  merged  = merge({ for k, s in local.subnets : k => { cidr = s.cidr_block, public = s.map_public_ip_on_launch } }, { c = { cidr = "x", public = null } })
}
resource "aws_ebs_volume" "this" {
  for_each          = local.subnets
  availability_zone = each.value.availability_zone
  size              = 10 * (index(keys(local.subnets), each.key) + 1)
  tags              = { Name = each.value.tags["Name"], peer = [for k, s in local.subnets : s.tags.Name if k != each.key][0] }
}
resource "aws_nat_gateway" "this" {
  count     = length(local.by_zone)
  subnet_id = local.by_zone[local.zones[count.index]][0]
}
resource "aws_lb" "this" {
  name               = "lb"
  load_balancer_type = "network"
  dynamic "subnet_mapping" {
    for_each = local.subnets
    content {
      subnet_id = subnet_mapping.value.id
    }
  }
}
resource "terraform_data" "facts" {
  input = {
    zones  = local.zones
    keys   = keys(local.by_zone)
    counts = { for z, ids in local.by_zone : z => length(ids) }
    cidrs  = sort([for s in local.subnets : s.cidr_block])
    merged = { for k, m in local.merged : k => m.cidr }
    app    = module.app.facts
    each   = { for k, m in module.each : k => m.label }
    ids    = length([for s in local.subnets : s.id])
    some   = length(compact([for s in local.subnets : s.cidr_block]))
    text   = "${module.net.vpc.cidr_block} in ${join("+", local.zones)}"
    null   = module.net.vpc.id == null ? "none" : "some"
    names  = module.net.names
  }
}
