variable "environments" {
  default = {
    production = { zones = ["a", "b"], size = "m5.large", volumes = { data = 100, logs = 20 } }
    staging    = { zones = ["a"], size = "t3.small", volumes = {} }
  }
}

module "environment" {
  source   = "./environment"
  for_each = var.environments

  name    = each.key
  size    = each.value.size
  zones   = [for zone in each.value.zones : "eu-west-1${zone}"]
  volumes = each.value.volumes
}

module "none" {
  source = "./environment"
  count  = length(var.environments) - 2
  name   = "none"
  size   = "m5.large"
}

module "copies" {
  source = "./environment/machine"
  count  = 2

  name    = "copy-${count.index}"
  size    = module.environment["staging"].sizes[0]
  zone    = "eu-west-1c"
  volumes = { root = 8 + count.index }
}

resource "aws_ebs_volume" "sum" {
  availability_zone = "eu-west-1a"
  size              = sum(flatten(values(module.environment)[*].volume_sizes))
  tags = {
    Zones = join(",", flatten([for name, e in module.environment : e.zones]))
    Names = join(",", keys(module.environment))
    Path  = "${path.module}|${module.copies[1].path}"
  }
}

output "machines" {
  value = { for name, e in module.environment : name => e.ids }
}
