# Databases from a map, with replicas flattened out of it and parameters by family.
variable "databases" {
  type = map(object({
    engine    = optional(string, "postgres")
    version   = optional(string)
    class     = string
    storage   = optional(object({ size = number, max = optional(number, 0), type = optional(string, "gp3"), iops = optional(number) }), { size = 20 })
    multi_az  = optional(bool)
    replicas  = optional(number, 0)
    window    = optional(tuple([string, string]), ["03:00-04:00", "mon:04:00-mon:05:00"])
    settings  = optional(set(object({ name = string, value = string })), [])
  }))
  default = {
    orders = { class = "db.r6g.large", storage = { size = 200, max = 1000, iops = 12000 }, replicas = 2, settings = [{ name = "max_connections", value = 500 }, { name = "log_statement", value = "ddl" }] }
    wiki   = { engine = "mysql", version = "8.0.35", class = "db.t4g.small", multi_az = false, window = ["01:00-02:00", "sun:02:00-sun:03:00"] }
  }
}
variable "env" {
  default = "prod"
}
locals {
  versions = { postgres = "16.3", mysql = "8.0" }
  ports    = { postgres = 5432, mysql = 3306 }
  full     = { for k, d in var.databases : k => merge(d, { version = coalesce(d.version, local.versions[d.engine]), multi_az = d.multi_az == null ? var.env == "prod" : d.multi_az }) }
  replicas = flatten([for k, d in local.full : [for i in range(d.replicas) : { source = k, index = i, class = d.class, key = "${k}-${i}" }]])
  major    = { for k, d in local.full : k => d.engine == "postgres" ? split(".", d.version)[0] : join(".", slice(split(".", d.version), 0, 2)) }
}
resource "aws_db_parameter_group" "this" {
  for_each = { for k, d in local.full : k => d if length(d.settings) > 0 }
  name     = "${each.key}-${var.env}"
  family   = "${each.value.engine}${local.major[each.key]}"
  dynamic "parameter" {
    for_each = { for s in each.value.settings : s.name => s }
    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.name == "max_connections" ? "pending-reboot" : "immediate"
    }
  }
}
resource "aws_db_instance" "this" {
  for_each              = local.full
  identifier            = "${var.env}-${each.key}"
  engine                = each.value.engine
  engine_version        = each.value.version
  instance_class        = each.value.class
  allocated_storage     = each.value.storage.size
  max_allocated_storage = each.value.storage.max
  storage_type          = each.value.storage.type
  iops                  = each.value.storage.iops
  multi_az              = each.value.multi_az
  port                  = local.ports[each.value.engine]
  username              = "app"
  manage_master_user_password = true
  parameter_group_name  = try(aws_db_parameter_group.this[each.key].name, null)
  backup_window         = each.value.window[0]
  maintenance_window    = each.value.window[1]
  backup_retention_period = { prod = 14, dev = 1 }[var.env]
  deletion_protection   = var.env == "prod" ? true : false
  skip_final_snapshot   = !contains(["prod", "stage"], var.env)
  performance_insights_enabled = !startswith(each.value.class, "db.t")
  enabled_cloudwatch_logs_exports = each.value.engine == "postgres" ? ["postgresql", "upgrade"] : ["error", "slowquery"]
}
resource "aws_db_instance" "replica" {
  for_each            = { for r in local.replicas : r.key => r }
  identifier          = "${var.env}-${each.key}"
  replicate_source_db = aws_db_instance.this[each.value.source].identifier
  instance_class      = replace(each.value.class, "large", "medium")
  storage_type        = aws_db_instance.this[each.value.source].storage_type
  skip_final_snapshot = true
}
resource "aws_rds_cluster" "serverless" {
  count          = var.env == "prod" ? 1 : 0
  engine         = "aurora-postgresql"
  engine_mode    = "provisioned"
  database_name  = "app"
  master_username = "root1"
  manage_master_user_password = true
  serverlessv2_scaling_configuration {
    min_capacity = 1 / 2
    max_capacity = pow(2, 5)
  }
}
resource "aws_rds_cluster_instance" "serverless" {
  count              = length(aws_rds_cluster.serverless) * 2
  cluster_identifier = one(aws_rds_cluster.serverless[*].id)
  engine             = aws_rds_cluster.serverless[0].engine
  instance_class     = "db.serverless"
  promotion_tier     = count.index
}
resource "terraform_data" "facts" {
  input = { replicas = local.replicas, major = local.major, full = local.full }
}
