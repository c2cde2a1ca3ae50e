locals {
  tags = { Project = "shop" }
}

module "full" {
  source = "./service"
  name   = "full"
  tags   = merge(local.tags, { Tier = "full" })

  volumes = [
    { size = 10, type = "gp3", iops = 4000 },
    { size = 20, encrypted = false },
  ]
  root     = [{ volume_size = 50, kms_key_id = null }]
  policies = { a = "arn:aws:iam::aws:policy/A", b = "arn:aws:iam::aws:policy/B" }
  schedule = { down = { min = 0, cron = "0 20 * * *" }, up = { min = 2, cron = "0 6 * * *" } }
}

module "none" {
  source = "./service"
  create = false
  name   = "none"
}

module "bare" {
  source = "./service"
  name   = "bare"
}

resource "terraform_data" "outputs" {
  input = {
    names  = compact([module.full.name, module.none.name, module.bare.name])
    nulls  = [module.none.machine_type, module.full.machine_type]
    sizes  = module.full.sizes
    first  = element(concat(module.none.names, module.full.names, [""]), 0)
    labels = module.full.labels
  }
}
