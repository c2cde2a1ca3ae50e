module "infra" {
  source = "../../infra"
}
