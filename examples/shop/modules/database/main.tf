variable "environment" {
  type = string
}

variable "instance_class" {
  type = string
}

variable "storage_gb" {
  type    = number
  default = 100
}

variable "multi_az" {
  type    = bool
  default = false
}

variable "backup_days" {
  type    = number
  default = 7
}

resource "aws_db_instance" "this" {
  identifier              = "shop-${var.environment}"
  engine                  = "postgres"
  instance_class          = var.instance_class
  allocated_storage       = var.storage_gb
  max_allocated_storage   = var.storage_gb * 4
  storage_type            = "gp3"
  multi_az                = var.multi_az
  backup_retention_period = var.backup_days
}
