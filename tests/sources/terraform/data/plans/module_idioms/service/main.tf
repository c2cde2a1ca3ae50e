variable "create" {
  type    = bool
  default = true
}

variable "name" { type = string }

variable "machine_type" {
  type    = string
  default = ""
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "volumes" {
  type    = any
  default = []
}

variable "root" {
  type    = list(any)
  default = []
}

variable "policies" {
  type    = map(string)
  default = {}
}

variable "schedule" {
  type    = map(any)
  default = {}
}

locals {
  enabled   = var.create && var.name != ""
  type      = coalesce(var.machine_type, "t3.micro")
  by_size   = { for v in var.volumes : "size-${v.size}" => v if local.enabled }
  has_state = length(var.volumes) > 0
  pairs = {
    for p in setproduct(keys(var.policies), ["read", "write"]) :
    join("/", p) => { policy = var.policies[p[0]], mode = p[1] }
  }
}

resource "aws_instance" "this" {
  count         = local.enabled ? 1 : 0
  ami           = "ami-0123456789abcdef0"
  instance_type = local.type
  ebs_optimized = local.has_state ? true : null
  tags          = merge({ Name = var.name }, var.tags, local.has_state ? { State = "yes" } : {})

  dynamic "root_block_device" {
    for_each = var.root
    content {
      volume_size = lookup(root_block_device.value, "volume_size", null)
      volume_type = lookup(root_block_device.value, "volume_type", "gp3")
      kms_key_id  = lookup(root_block_device.value, "kms_key_id", null)
      encrypted   = try(root_block_device.value.encrypted, true)
    }
  }
}

resource "aws_ebs_volume" "this" {
  for_each          = local.by_size
  availability_zone = "eu-west-1a"
  size              = each.value.size
  type              = try(each.value.type, "gp2")
  iops              = try(each.value.iops, null)
  encrypted         = lookup(each.value, "encrypted", true)
  tags              = { Name = format("%s-%02d", var.name, index(keys(local.by_size), each.key) + 1) }
}

resource "aws_sqs_queue" "this" {
  for_each = local.pairs
  name     = replace(each.key, "/", "-")
  tags     = { Policy = basename(each.value.policy), Mode = title(each.value.mode) }
}

resource "aws_autoscaling_schedule" "this" {
  for_each               = { for k, v in var.schedule : k => v if var.create }
  scheduled_action_name  = each.key
  autoscaling_group_name = "group"
  min_size               = lookup(each.value, "min", null)
  max_size               = lookup(each.value, "max", null)
  recurrence             = lookup(each.value, "cron", "0 6 * * *")
}

output "name" { value = try(aws_instance.this[0].tags["Name"], "") }
output "names" { value = aws_instance.this[*].tags.Name }
output "machine_type" { value = one(aws_instance.this[*].instance_type) }
output "sizes" { value = { for k, v in aws_ebs_volume.this : k => v.size } }

output "labels" {
  value = join(",", [for k in sort(keys(merge(aws_instance.this[*].tags...))) : "${k}=${aws_instance.this[0].tags[k]}"])
}
