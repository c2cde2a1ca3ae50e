variable "name" { type = string }
variable "size" { type = string }

variable "zones" {
  type    = list(string)
  default = []
}

variable "volumes" {
  type    = map(number)
  default = {}
}

module "machine" {
  source   = "./machine"
  for_each = toset(var.zones)

  name    = "${var.name}-${each.value}"
  size    = var.size
  zone    = each.key
  volumes = var.volumes
}

resource "aws_eip" "address" {
  count    = var.name == "production" ? 1 : 0

  tags     = { Name = var.name }
}

output "sizes" { value = [for m in module.machine : m.size] }
output "zones" { value = keys(module.machine) }
output "ids" { value = values(module.machine)[*].id }
output "volume_sizes" { value = values(module.machine)[*].volume_size }
