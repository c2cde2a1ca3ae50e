variable "create" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = ""
}
variable "use_prefix" {
  type    = bool
  default = false
}
variable "azs" {
  type    = list(string)
  default = []
}
variable "cidrs" {
  type    = list(string)
  default = []
}
variable "secondary" {
  type    = list(string)
  default = []
}
variable "disks" {
  type    = any
  default = []
}
variable "root" {
  type    = list(any)
  default = []
}
variable "instances" {
  type    = any
  default = {}
}
variable "defaults" {
  type    = any
  default = {}
}
variable "kms_key_arn" {
  type    = string
  default = null
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "timeouts" {
  type    = map(string)
  default = {}
}
variable "policy" {
  type    = any
  default = []
}
locals {
  create     = var.create && var.name != ""
  count      = max(length(var.azs), length(var.cidrs))
  vpc_id     = try(aws_vpc_ipv4_cidr_block_association.this[0].vpc_id, aws_vpc.this[0].id, "")
  nat_count  = local.create && length(var.cidrs) > 0 ? min(length(var.azs), length(var.cidrs)) : 0
  root       = try(var.root[0], {})
  is_gp3     = try(local.root.volume_type, "gp3") == "gp3"
}
resource "aws_vpc" "this" {
  count      = local.create ? 1 : 0
  cidr_block = try(var.cidrs[0], null) == null ? "10.9.0.0/16" : "10.0.0.0/16"
  tags       = merge({ "Name" = var.name }, var.tags)
}
resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count      = local.create && length(var.secondary) > 0 ? length(var.secondary) : 0
  vpc_id     = aws_vpc.this[0].id
  cidr_block = element(var.secondary, count.index)
}
resource "aws_subnet" "this" {
  count                = local.create && length(var.cidrs) >= 1 ? length(var.cidrs) : 0
  vpc_id               = local.vpc_id
  cidr_block           = element(concat(var.cidrs, [""]), count.index)
  availability_zone    = length(regexall("^[a-z]{2}-", element(var.azs, count.index))) > 0 ? element(var.azs, count.index) : null
  availability_zone_id = length(regexall("^[a-z]{2}-", element(var.azs, count.index))) == 0 ? element(var.azs, count.index) : null
  tags                 = merge({ Name = try(var.tags["Subnet"], format("${var.name}-%s", element(var.azs, count.index))) }, var.tags)
}
resource "aws_nat_gateway" "this" {
  count             = local.nat_count
  connectivity_type = "private"
  subnet_id         = element(aws_subnet.this[*].id, count.index)
}
resource "aws_instance" "this" {
  for_each               = { for k, v in var.instances : k => v if local.create && lookup(v, "create", true) }
  ami                    = try(each.value.ami, var.defaults.ami, "ami-0123456789abcdef0")
  instance_type          = try(each.value.instance_type, var.defaults.instance_type, "t3.micro")
  monitoring             = try(coalesce(lookup(each.value, "monitoring", null), lookup(var.defaults, "monitoring", null)), null)
  subnet_id              = try(each.value.subnet_id, element(aws_subnet.this[*].id, index(keys(var.instances), each.key)))
  vpc_security_group_ids = compact(concat(try(each.value.security_groups, []), [aws_security_group.this[0].id]))
  user_data_replace_on_change = try(each.value.replace, var.defaults.replace, null)
  dynamic "root_block_device" {
    for_each = var.root
    content {
      encrypted   = try(root_block_device.value.encrypted, var.kms_key_arn != "" ? true : null)
      kms_key_id  = lookup(root_block_device.value, "kms_key_id", var.kms_key_arn)
      volume_size = try(root_block_device.value.volume_size, null)
      volume_type = try(root_block_device.value.volume_type, "gp3")
      throughput  = local.is_gp3 ? lookup(root_block_device.value, "throughput", null) : null
      tags        = try(root_block_device.value.tags, null)
    }
  }
  dynamic "ebs_block_device" {
    for_each = var.disks
    content {
      device_name = ebs_block_device.value.device_name
      encrypted   = try(ebs_block_device.value.encrypted, null)
      iops        = try(ebs_block_device.value.iops, null)
      volume_size = try(ebs_block_device.value.volume_size, null)
      volume_type = try(ebs_block_device.value.volume_type, null)
      tags        = merge(var.tags, try(ebs_block_device.value.tags, {}))
    }
  }
  timeouts {
    create = try(var.timeouts.create, null)
    delete = lookup(var.timeouts, "delete", null)
  }
  tags        = merge({ "Name" = try(each.value.name, "${var.name}-${each.key}") }, var.tags, try(each.value.tags, {}))
  volume_tags = length(var.disks) > 0 ? null : { "Name" = var.name }
}
resource "aws_security_group" "this" {
  count       = local.create ? 1 : 0
  name        = var.use_prefix ? null : var.name
  name_prefix = var.use_prefix ? "${var.name}-" : null
  vpc_id      = one(aws_vpc.this[*].id)
}
data "aws_iam_policy_document" "this" {
  count = local.create && length(var.policy) > 0 ? 1 : 0
  dynamic "statement" {
    for_each = var.policy
    content {
      sid       = try(statement.value.sid, "s${statement.key}")
      effect    = try(statement.value.effect, null)
      actions   = try(statement.value.actions, [])
      resources = try(statement.value.resources, [])
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
resource "aws_iam_policy" "this" {
  count  = length(data.aws_iam_policy_document.this)
  name   = var.name
  policy = data.aws_iam_policy_document.this[0].json
}
output "id" { value = try(aws_vpc.this[0].id, null) }
output "first_az" { value = try(element(var.azs, 0), "") }
output "count" { value = local.count }
output "name" { value = try(aws_vpc.this[0].tags.Name, "") }
output "types" { value = { for k, v in aws_instance.this : k => v.instance_type } }
output "cidrs" { value = compact(concat(aws_subnet.this[*].cidr_block, [""], aws_vpc_ipv4_cidr_block_association.this[*].cidr_block)) }
