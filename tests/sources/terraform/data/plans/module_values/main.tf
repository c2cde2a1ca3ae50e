variable "secret" {
  default   = "t3.small"
  sensitive = true
}

module "network" {
  source = "./network"
  cidrs  = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
}

module "machines" {
  source   = "./machines"
  for_each = module.network.subnets

  subnet   = each.value
  settings = { size = "5", ignored = true, labels = { n = 1, b = true } }
  anything = [1, "two", { three = 3 }]
}

module "secret" {
  source   = "./machines"
  count    = length(module.network.cidrs) > 1 ? 1 : 0
  subnet   = module.network.subnets["a"]
  settings = { size = 6, type = var.secret }
}

resource "aws_ebs_volume" "all" {
  for_each          = { for name, m in module.machines : name => m.machine }
  availability_zone = "eu-west-1a"
  size              = each.value.root_block_device[0].volume_size
  tags              = each.value.tags
}

resource "terraform_data" "outputs" {
  input = {
    cidrs    = module.network.cidrs
    whole    = module.network.subnets["b"].cidr_block
    sizes    = [for m in module.machines : m.machine.instance_type]
    anything = module.machines["a"].anything
    types    = module.machines["b"].types
    secret   = length(module.secret)
    one      = one(module.secret[*].settings.size)
    try      = try(module.machines["z"].anything, "none")
  }
}
