# Rules in all the ways in which they are written: products, groups by key, nested lists flattened, strings cut up.
variable "ingress" {
  type    = list(string)
  default = ["443:tcp:10.0.0.0/8", "8080-8090:tcp:10.1.0.0/16,10.2.0.0/16", "0:-1:192.0.2.1/32"]
}
variable "peers" {
  type    = map(set(string))
  default = { app = ["db", "cache"], db = [], cache = ["db"] }
}
locals {
  parsed = [for r in var.ingress : regex("^(?P<ports>[0-9-]+):(?P<protocol>[^:]+):(?P<cidrs>.+)$", r)]
  rules = flatten([for p in local.parsed : [for cidr in split(",", p.cidrs) : {
    from = tonumber(split("-", p.ports)[0])
    to   = tonumber(reverse(split("-", p.ports))[0])
    protocol = p.protocol
    cidr = cidr
  }]])
  pairs   = toset(flatten([for from, tos in var.peers : [for to in tos : "${from}>${to}"]]))
  by_port = { for r in local.rules : tostring(r.from) => r.cidr... }
}
resource "aws_security_group" "this" {
  for_each    = var.peers
  name        = each.key
  description = length(each.value) == 0 ? "nothing" : "to ${join(" and ", each.value)}"
  dynamic "egress" {
    for_each = length(each.value) > 0 ? [1] : []
    content {
      from_port   = 0
      to_port     = 0
      protocol    = "-1"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
resource "aws_vpc_security_group_ingress_rule" "cidr" {
  for_each          = { for i, r in local.rules : "${r.from}-${r.to}-${replace(r.cidr, "/[./]/", "_")}" => r }
  security_group_id = aws_security_group.this["app"].id
  ip_protocol       = each.value.protocol
  from_port         = each.value.protocol == "-1" ? null : each.value.from
  to_port           = each.value.protocol == "-1" ? null : each.value.to
  cidr_ipv4         = each.value.cidr
}
resource "aws_vpc_security_group_ingress_rule" "peer" {
  for_each                     = local.pairs
  security_group_id            = aws_security_group.this[split(">", each.key)[1]].id
  referenced_security_group_id = aws_security_group.this[split(">", each.value)[0]].id
  ip_protocol                  = "tcp"
  from_port                    = lookup({ db = 5432 }, split(">", each.key)[1], 6379)
  to_port                      = lookup({ db = 5432 }, split(">", each.key)[1], 6379)
}
resource "aws_network_acl" "this" {
  vpc_id = "vpc-1"
  dynamic "ingress" {
    for_each = [for i, c in sort(distinct(local.rules[*].cidr)) : { n = 100 + i * 10, c = c }]
    iterator = it
    content {
      rule_no    = it.value.n
      action     = "allow"
      protocol   = "tcp"
      cidr_block = it.value.c
      from_port  = 0
      to_port    = 65535
    }
  }
}
resource "terraform_data" "rules" {
  input = { parsed = local.parsed, rules = local.rules, by_port = local.by_port, pairs = local.pairs, sorted = sort([for r in local.rules : format("%05d", r.from)]) }
}
