resource "terraform_data" "renamed" {
  input = "kept"
}

moved {
  from = terraform_data.original
  to   = terraform_data.between
}

moved {
  from = terraform_data.between
  to   = terraform_data.renamed
}

resource "terraform_data" "counted" {
  count = 2
  input = "n${count.index}"
}

moved {
  from = terraform_data.single
  to   = terraform_data.counted[0]
}

resource "terraform_data" "keyed" {
  for_each = { a = 1, b = 2 }
  input    = each.value
}

moved {
  from = terraform_data.keyed[0]
  to   = terraform_data.keyed["a"]
}

moved {
  from = terraform_data.keyed[1]
  to   = terraform_data.keyed["b"]
}

module "new" {
  source = "./child"
}

moved {
  from = module.old
  to   = module.new
}

moved {
  from = terraform_data.loose
  to   = module.new.terraform_data.inside
}

module "counted" {
  source = "./child"
  count  = 2
}

moved {
  from = module.counted
  to   = module.counted[1]
}

resource "terraform_data" "implied_up" {
  count = 1
}

resource "terraform_data" "implied_down" {}

module "implied" {
  source = "./child"
  count  = 1
}

resource "terraform_data" "implied_chain" {
  count = 1
}

moved {
  from = terraform_data.implied_chain_old
  to   = terraform_data.implied_chain
}
