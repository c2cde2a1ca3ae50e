# Instances and iterators where names shadow each other, keys are strange, and collections are of every kind.
locals {
  strange = { "a b" = 1, "é/ü" = 2, "x.y[0]" = 3, "1" = 4, "Q\"q" = 5 }
  matrix  = { for p in setproduct(["x", "y"], [1, 2]) : "${p[0]}${p[1]}" => { row = p[0], col = p[1] } }
  typed   = tomap({ one = 1, two = null })
  objects = { a = { list = ["p", "q"], set = toset([3, 1]), map = { z = 1, y = 2 } }, b = { list = [], set = toset([]), map = {} } }
}
resource "terraform_data" "strange" {
  for_each = local.strange
  input    = "${each.key}=${each.value}"
}
resource "terraform_data" "text_count" {
  count = "2"
  input = [count.index, "${count.index}", count.index + 1, element(["a", "b", "c"], count.index + 4)]
}
resource "terraform_data" "chained" {
  for_each = terraform_data.strange
  input    = upper(each.value.input)
}
resource "terraform_data" "of_chained" {
  for_each = { for k, v in terraform_data.chained : replace(k, "/[^a-z0-9]/", "_") => v.input if length(k) > 1 }
  input    = [each.key, each.value]
}
resource "terraform_data" "typed" {
  for_each = local.typed
  input    = each.value == null ? "null" : "${each.value}"
}
resource "terraform_data" "set" {
  for_each = toset([for n in [3, 1, 2] : tostring(n)])
  input    = each.key == each.value
}
resource "terraform_data" "matrix" {
  for_each = local.matrix
  input    = { row = each.value.row, col = each.value.col, others = [for k, v in local.matrix : k if v.row == each.value.row && k != each.key] }
}
resource "aws_security_group" "nested" {
  for_each = local.objects
  name     = each.key
  dynamic "ingress" {
    for_each = each.value.map
    iterator = each_one
    content {
      description = "${each.key}-${each_one.key}"
      from_port   = each_one.value
      to_port     = each_one.value * 10
      protocol    = "tcp"
      cidr_blocks = [for i in each.value.set : "10.${i}.0.0/16"]
    }
  }
  dynamic "egress" {
    for_each = [for egress in each.value.list : { name = egress, egress = upper(egress) }]
    content {
      description = "${egress.value.name}${egress.value.egress}${egress.key}"
      from_port   = egress.key
      to_port     = egress.key
      protocol    = "udp"
      self        = egress.key == 0
    }
  }
}
resource "aws_launch_template" "deep" {
  count = length(local.objects)
  name  = "deep-${count.index}"
  dynamic "block_device_mappings" {
    for_each = { for i, v in ["x", "y"] : v => i }
    iterator = item
    content {
      device_name = "/dev/sd${item.key}"
      dynamic "ebs" {
        for_each = item.value == count.index ? [item] : []
        iterator = item
        content {
          volume_size = item.value.value + 5
          volume_type = item.key == 0 ? "gp3" : "io1"
        }
      }
    }
  }
  dynamic "tag_specifications" {
    for_each = toset(["volume", "instance"])
    content {
      resource_type = tag_specifications.value
      tags          = { for k in ["k"] : k => tag_specifications.key }
    }
  }
}
module "m" {
  source = "./m"
  for_each = {
    one = { n = 1, tags = {} }
    two = { n = 2, tags = { t = "u" } }
  }
  n    = each.value.n
  tags = each.value.tags
  key  = each.key
}
module "c" {
  source = "./m"
  count  = 2
  n      = count.index
  key    = "c${count.index}"
}
resource "terraform_data" "modules" {
  input = {
    m     = { for k, m in module.m : k => m.made }
    c     = module.c[*].made
    first = module.m["one"].made[0]
    last  = element(module.c, -1 + 2).key
    all   = concat(flatten(values(module.m)[*].made), flatten(module.c[*].made))
    count = [length(terraform_data.text_count), length(terraform_data.strange), length(module.c)]
    names = [for i, t in terraform_data.text_count : t.input[0] + i]
    splat = terraform_data.text_count[*].input[1]
    old   = terraform_data.text_count.*.input
    sets  = [for k, s in terraform_data.set : s.input]
  }
}
