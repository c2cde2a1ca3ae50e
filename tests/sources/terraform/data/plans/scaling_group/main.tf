# Launch templates and groups from one map of pools, with everything that is optional left to try, lookup and dynamic.
variable "pools" {
  type = any
  default = {
    web = {
      instance_type = "m5.large"
      min           = 1
      max           = 4
      volumes       = [{ device = "/dev/xvda", size = 20 }, { device = "/dev/xvdb", size = "100", type = "io1", iops = 3000 }]
      tags          = { role = "web" }
    }
    batch = {
      overrides = ["c5.xlarge", "c5a.xlarge", "c6i.xlarge"]
      max       = 20
      spot      = { allocation = "capacity-optimized", base = 0, above = 25 }
    }
  }
}
variable "defaults" {
  default = { instance_type = "t3.micro", min = 0, desired = null }
}
locals {
  pools = { for name, pool in var.pools : name => merge(var.defaults, pool, { name = name }) }
}
resource "aws_launch_template" "pool" {
  for_each      = local.pools
  name_prefix   = "${each.key}-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = lookup(each.value, "overrides", null) == null ? each.value.instance_type : null
  user_data     = base64encode(templatefile("${path.module}/boot.sh.tftpl", { pool = each.key, tags = try(each.value.tags, {}), volumes = try(each.value.volumes, []) }))
  ebs_optimized = can(regex("^(m5|c5)", each.value.instance_type))
  dynamic "block_device_mappings" {
    for_each = lookup(each.value, "volumes", [])
    content {
      device_name = block_device_mappings.value.device
      ebs {
        volume_size = block_device_mappings.value.size
        volume_type = try(block_device_mappings.value.type, "gp3")
        iops        = lookup(block_device_mappings.value, "iops", null)
      }
    }
  }
  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])
    content {
      resource_type = tag_specifications.key
      tags          = merge({ Pool = each.key, Kind = tag_specifications.value }, try(each.value.tags, {}))
    }
  }
  metadata_options {
    http_tokens = "required"
  }
  monitoring {
    enabled = each.value.min > 0
  }
}
resource "aws_autoscaling_group" "pool" {
  for_each            = local.pools
  name                = "asg-${each.key}"
  min_size            = each.value.min
  max_size            = each.value.max
  desired_capacity    = each.value.desired
  vpc_zone_identifier = ["subnet-1", "subnet-2"]
  dynamic "launch_template" {
    for_each = can(each.value.spot) ? [] : [aws_launch_template.pool[each.key]]
    content {
      id      = launch_template.value.id
      version = "$Latest"
    }
  }
  dynamic "mixed_instances_policy" {
    for_each = can(each.value.spot) ? [each.value.spot] : []
    iterator = mix
    content {
      instances_distribution {
        on_demand_base_capacity                  = mix.value.base
        on_demand_percentage_above_base_capacity = mix.value["above"]
        spot_allocation_strategy                 = mix.value.allocation
      }
      launch_template {
        launch_template_specification {
          launch_template_id = aws_launch_template.pool[each.key].id
        }
        dynamic "override" {
          for_each = each.value.overrides
          content {
            instance_type     = override.value
            weighted_capacity = tostring(override.key + 1)
          }
        }
      }
    }
  }
  dynamic "tag" {
    for_each = merge({ Name = each.key }, lookup(each.value, "tags", {}))
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = tag.key != "Name"
    }
  }
  lifecycle {
    ignore_changes        = [desired_capacity]
    create_before_destroy = true
  }
}
resource "aws_autoscaling_policy" "cpu" {
  for_each               = { for k, v in local.pools : k => v if v.min != v.max && v.max > 5 }
  name                   = "cpu-${each.value.name}"
  autoscaling_group_name = aws_autoscaling_group.pool[each.key].name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
    target_value = 60.5
  }
}
resource "terraform_data" "boot" {
  for_each = local.pools
  input    = templatefile("${path.module}/boot.sh.tftpl", { pool = each.key, tags = try(each.value.tags, {}), volumes = try(each.value.volumes, []) })
}
