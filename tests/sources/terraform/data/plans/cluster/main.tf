# A cluster with node groups from a module, called once for each.
variable "node_groups" {
  type = map(any)
  default = {
    general = { types = "m6i.large,m5.large", size = 3 }
    gpu     = { types = "g5.xlarge", size = 0, taint = "nvidia.com/gpu" }
  }
}
variable "cluster_version" {
  type    = string
  default = 1.30
}
locals {
  name   = "prod-eks"
  labels = { for k, v in var.node_groups : k => { for l, w in v : "node/${l}" => replace(w, ",", "_") if l != "size" } }
}
resource "aws_eks_cluster" "this" {
  name     = local.name
  role_arn = "arn:aws:iam::123456789012:role/eks"
  version  = var.cluster_version
  vpc_config {
    subnet_ids              = ["subnet-1", "subnet-2"]
    endpoint_private_access = true
    public_access_cidrs     = distinct(concat(["10.0.0.0/8"], ["10.0.0.0/8", "192.0.2.0/24"]))
  }
  enabled_cluster_log_types = [for t in ["api", "audit", "authenticator"] : t if t != "audit"]
}
module "nodes" {
  source       = "./nodes"
  for_each     = var.node_groups
  cluster_name = aws_eks_cluster.this.name
  name         = each.key
  types        = split(",", each.value.types)
  size         = each.value.size
  taints       = try({ (each.value.taint) = "NO_SCHEDULE" }, {})
  labels       = local.labels[each.key]
}
resource "aws_eks_addon" "this" {
  for_each                    = { coredns = {}, kube-proxy = { version = "v1.30.0-eksbuild.3" }, vpc-cni = { config = { env = { ENABLE_PREFIX_DELEGATION = "true" } } } }
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(each.value, "version", null)
  configuration_values        = try(jsonencode(each.value.config), null)
  resolve_conflicts_on_update = "OVERWRITE"
}
resource "terraform_data" "nodes" {
  input = { maxima = { for k, m in module.nodes : k => m.max }, total = sum(values(module.nodes)[*].max), spot = [for k, m in module.nodes : k if m.spot], version = var.cluster_version }
}
