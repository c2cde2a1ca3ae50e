"""A public module as terraform-aws-modules are written, made up: one big module, submodules, ten examples that call it.

What makes such code dear is all in it: every argument has a fallback in a fallback, every block is dynamic, every
resource goes over a map that is filtered by a flag, submodules are called by for_each, examples call the module twice.
The same on every machine.
"""

from __future__ import annotations

FEATURES = 40
EXAMPLES = 10
SUBMODULES = ("node-group", "fargate-profile", "role", "queue")

COMMON = """
variable "create" {
  description = "Controls if resources should be created (affects nearly all resources)"
  type        = bool
  default     = true
}

variable "name" {
  description = "Name to be used on all resources as identifier"
  type        = string
  default     = ""
}

variable "tags" {
  description = "A map of tags to add to all resources"
  type        = map(string)
  default     = {}
}

variable "defaults" {
  description = "Default arguments of everything that is created"
  type        = any
  default     = {}
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  account_id = try(data.aws_caller_identity.current.account_id, "")
  partition  = try(data.aws_partition.current.partition, "aws")
  tags       = merge(var.tags, { "terraform-module" = "big" })
}
"""


def feature(n: int) -> str:
    """One file of the module: a map of things, each an instance with volumes, a log group and a role."""
    after = (
        f"try(aws_cloudwatch_log_group.f{n - 1}[\"one\"].arn, local.arns_{n - 1}[0], null)" if n else "null"
    )  # fmt: skip
    return f"""
variable "create_f{n}" {{
  description = "Determines whether the resources of feature {n} are created"
  type        = bool
  default     = true
}}

variable "f{n}" {{
  description = "Map of feature {n} definitions to create"
  type        = any
  default     = {{}}
}}

variable "f{n}_defaults" {{
  description = "Default configurations of feature {n}"
  type = object({{
    instance_type = optional(string, "t3.medium")
    volume_size   = optional(number)
    retention     = optional(number, 30)
    volumes       = optional(map(object({{ size = optional(number, 50), type = optional(string, "gp3") }})), {{}})
    tags          = optional(map(string), {{}})
  }})
  default = {{}}
}}

locals {{
  create_f{n} = var.create && var.create_f{n}
  f{n} = {{
    for key, value in var.f{n} : key => merge(
      {{ name = try(value.name, "${{var.name}}-${{key}}"), use_name_prefix = true }},
      var.f{n}_defaults,
      {{ for k, v in value : k => v if v != null }},
    ) if try(value.create, true) && local.create_f{n}
  }}
  volumes_{n} = flatten([
    for key, value in local.f{n} : [
      for name, volume in merge(lookup(var.f{n}_defaults, "volumes", {{}}), try(value.volumes, {{}})) : {{
        key    = "${{key}}/${{name}}"
        owner  = key
        size   = coalesce(try(volume.size, null), try(value.volume_size, null), var.f{n}_defaults.volume_size, 20)
        type   = lookup(volume, "type", "gp3")
      }}
    ]
  ])
  arns_{n} = compact(concat([for group in aws_cloudwatch_log_group.f{n} : try(group.arn, "")], [""]))
}}

resource "aws_instance" "f{n}" {{
  for_each = {{ for k, v in local.f{n} : k => v if lookup(v, "standalone", true) }}

  ami           = try(coalesce(try(each.value.ami, null), try(var.defaults.ami, null)), null)
  instance_type = try(each.value.instance_type, var.f{n}_defaults.instance_type)
  monitoring    = try(each.value.monitoring, var.defaults.monitoring, null)
  subnet_id     = element(try(each.value.subnet_ids, ["subnet-1", "subnet-2", "subnet-3"]), {n})

  dynamic "root_block_device" {{
    for_each = try([each.value.root_block_device], [{{ size = 30 }}])

    content {{
      delete_on_termination = try(root_block_device.value.delete_on_termination, null)
      encrypted             = try(root_block_device.value.encrypted, true)
      iops                  = lookup(root_block_device.value, "iops", null)
      volume_size           = lookup(root_block_device.value, "size", null)
      volume_type           = lookup(root_block_device.value, "type", "gp3")
    }}
  }}

  dynamic "ebs_block_device" {{
    for_each = {{ for volume in local.volumes_{n} : volume.key => volume if volume.owner == each.key }}

    content {{
      device_name = "/dev/sd${{substr("fghijklm", index(keys(local.f{n}), each.key) % 8, 1)}}"
      volume_size = ebs_block_device.value.size
      volume_type = ebs_block_device.value.type
      tags        = merge(local.tags, {{ Name = ebs_block_device.key }}, lookup(each.value, "tags", {{}}))
    }}
  }}

  dynamic "metadata_options" {{
    for_each = length(try(var.defaults.metadata_options, {{}})) > 0 ? [var.defaults.metadata_options] : []

    content {{
      http_endpoint = try(metadata_options.value.http_endpoint, "enabled")
      http_tokens   = try(metadata_options.value.http_tokens, "required")
    }}
  }}

  user_data = <<-EOT
    #!/bin/bash
    %{{ for name in sort(keys(local.f{n})) ~}}
    echo "${{name}}" >> /etc/peers
    %{{ endfor ~}}
    echo "${{try(jsonencode(each.value.labels), "{{}}")}}" > /etc/labels
  EOT

  tags = merge(
    {{ "Name" = lookup(each.value, "name", each.key) }},
    local.tags,
    var.f{n}_defaults.tags,
    try(each.value.tags, {{}}),
  )
}}

resource "aws_cloudwatch_log_group" "f{n}" {{
  for_each = {{ for k, v in local.f{n} : k => v if local.create_f{n} }}

  name              = "/aws/${{var.name}}/${{each.value.name}}"
  retention_in_days = lookup(each.value, "retention", var.f{n}_defaults.retention)
  kms_key_id        = {after}
  tags              = merge(local.tags, try(each.value.tags, {{}}))
}}

resource "aws_ebs_volume" "f{n}" {{
  for_each = {{ for volume in local.volumes_{n} : volume.key => volume }}

  availability_zone = "${{data.aws_region.current.name}}a"
  size              = each.value.size
  type              = each.value.type
  iops              = each.value.type == "io1" ? max(100, each.value.size * 10) : null
  tags              = merge(local.tags, {{ Name = replace(each.key, "/", "-") }})
}}

module "f{n}" {{
  source   = "./modules/{SUBMODULES[n % 4]}"
  for_each = {{ for k, v in local.f{n} : k => v if try(v.submodule, {"true" if n % 2 else "false"}) }}

  name     = each.value.name
  size     = try(each.value.size, var.defaults.size, {{ min = 1, max = {n % 5 + 2} }})
  settings = {{ for k, v in each.value : k => v if contains(["instance_type", "labels", "taints"], k) }}
  tags     = merge(local.tags, {{ Feature = "f{n}" }})
}}

output "f{n}" {{
  description = "Feature {n} and all of its attributes"
  value       = {{ for k, v in module.f{n} : k => {{ arn = try(v.arn, null), names = v.names }} }}
}}

output "f{n}_instances" {{
  description = "IDs of the instances of feature {n}"
  value       = try([for instance in aws_instance.f{n} : instance.id], [])
}}
"""


SUBMODULE = """
variable "name" { type = string }
variable "settings" { type = any }
variable "tags" { type = map(string) }

variable "size" {
  type = object({ min = number, max = number, desired = optional(number) })
}

locals {
  names = [for index in range(var.size.min) : format("%s-%02d", var.name, index)]
}

resource "aws_launch_template" "this" {
  name_prefix   = "${var.name}-"
  instance_type = try(var.settings.instance_type, "m5.large")

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])
    content {
      resource_type = tag_specifications.key
      tags          = merge(var.tags, { Name = var.name })
    }
  }
}

resource "aws_autoscaling_group" "this" {
  name             = var.name
  min_size         = var.size.min
  max_size         = var.size.max
  desired_capacity = coalesce(var.size.desired, var.size.min)

  launch_template {
    id      = aws_launch_template.this.id
    version = "$Latest"
  }

  dynamic "tag" {
    for_each = merge(var.tags, { Name = var.name })
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}

output "arn" {
  value = aws_autoscaling_group.this.arn
}

output "names" {
  value = local.names
}
"""


def example(number: int) -> str:
    """An example that turns on some features, and calls the module a second time with `create = false`."""
    features = "".join(
        f"""
  f{n} = {{
    one = {{ instance_type = "m5.large", tags = {{ Team = "a" }} }}
    two = {{
      name    = "second-{n}"
      labels  = {{ pool = "spot", zone = local.region }}
      volumes = {{ data = {{ size = {100 + n} }}, logs = {{}} }}
    }}
    off = {{ create = false }}
  }}
"""
        for n in range(FEATURES)
        if (n + number) % 4
    )
    return f"""
provider "aws" {{
  region = local.region
}}

locals {{
  name   = "ex-{number}"
  region = "eu-west-1"
  tags   = {{ Example = local.name, Repository = "big" }}
}}

module "big" {{
  source = "../.."

  name     = local.name
  tags     = local.tags
  defaults = {{ monitoring = true, metadata_options = {{ http_tokens = "required" }} }}
{features}}}

module "disabled" {{
  source = "../.."
  create = false
}}

output "peers" {{
  value = module.big.f1
}}
"""


def public_module() -> dict[str, str]:
    """Files by path."""
    files = {"main.tf": COMMON}
    files |= {f"feature{n:02d}.tf": feature(n) for n in range(FEATURES)}
    files |= {f"modules/{name}/main.tf": SUBMODULE for name in SUBMODULES}
    files |= {f"examples/{number:02d}/main.tf": example(number) for number in range(EXAMPLES)}
    return files
