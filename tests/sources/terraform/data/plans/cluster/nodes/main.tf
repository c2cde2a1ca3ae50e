variable "cluster_name" {}
variable "name" {
  type = string
  validation {
    condition     = can(regex("^[a-z]+$", var.name))
    error_message = "small letters only"
  }
}
variable "types" {
  type = list(string)
}
variable "size" {
  type    = number
  default = 1
}
variable "taints" {
  type    = map(string)
  default = {}
}
variable "labels" {
  type     = map(string)
  default  = {}
  nullable = false
}
locals {
  max  = max(var.size * 3, 1)
  spot = length(var.types) > 1
}
resource "aws_eks_node_group" "this" {
  cluster_name    = var.cluster_name
  node_group_name = "${var.cluster_name}-${var.name}"
  node_role_arn   = "arn:aws:iam::123456789012:role/node"
  subnet_ids      = ["subnet-1"]
  instance_types  = var.types
  capacity_type   = local.spot ? "SPOT" : "ON_DEMAND"
  disk_size       = 50
  labels          = merge(var.labels, { pool = var.name })
  scaling_config {
    desired_size = var.size
    min_size     = min(var.size, 1)
    max_size     = local.max
  }
  update_config {
    max_unavailable_percentage = 33
  }
  dynamic "taint" {
    for_each = var.taints
    content {
      key    = taint.key
      value  = true
      effect = taint.value
    }
  }
}
output "max" {
  value = aws_eks_node_group.this.scaling_config[0].max_size
}
output "spot" {
  value = aws_eks_node_group.this.capacity_type == "SPOT"
}
