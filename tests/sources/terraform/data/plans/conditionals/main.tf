variable "production" {
  type    = bool
  default = false
}

variable "sizes" {
  type    = map(string)
  default = {}
}

variable "optional_block" {
  type    = object({ size = number })
  default = null
}

locals {
  size     = var.production ? "m5.xlarge" : lookup(var.sizes, "small", "t3.small")
  list     = var.production ? ["a", "b"] : []
  number   = var.production ? "5" : 10
  null_or  = var.production ? 1 : null
  map      = var.production ? { a = 1 } : { b = "x", c = true }
  override = merge({ size = 1, type = "gp2" }, var.production ? {} : { type = "gp3" })
}

resource "aws_instance" "i" {
  count         = var.production ? 3 : 1
  ami           = "ami-0123456789abcdef0"
  instance_type = local.size
  monitoring    = !var.production && length(local.list) == 0
  key_name      = local.null_or
  ebs_optimized = var.optional_block == null ? null : true
  tags          = local.map

  dynamic "root_block_device" {
    for_each = var.optional_block[*]
    content {
      volume_size = root_block_device.value.size
    }
  }

  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_eip" "only_production" {
  count = var.production ? 1 : 0
}

resource "aws_ebs_volume" "v" {
  availability_zone = try(aws_eip.only_production[0].id, "eu-west-1a")
  size              = local.number
  type              = local.override.type
  iops              = local.override.type == "io1" ? 100 : null
}

resource "aws_db_instance" "d" {
  instance_class              = "db.t3.micro"
  engine                      = "postgres"
  allocated_storage           = max(20, [for k, v in local.override : v if k == "size"]...)
  username                    = "admin"
  manage_master_user_password = true
  skip_final_snapshot         = true
  multi_az                    = alltrue([var.production, true])
  max_allocated_storage       = anytrue([]) ? 1 : 100
}
