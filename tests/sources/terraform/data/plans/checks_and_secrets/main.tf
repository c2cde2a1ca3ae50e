# What is asked and asserted around resources, and values that are not to be shown.
variable "size" {
  type      = number
  default   = 40
  sensitive = true
  validation {
    condition     = var.size >= 8 && var.size <= 16384
    error_message = "A disk has 8 to 16384 GiB, not ${var.size}."
  }
  validation {
    condition     = floor(var.size) == var.size
    error_message = "Whole GiB only."
  }
}
variable "token" {
  type      = string
  default   = "t0p"
  ephemeral = true
}
variable "kind" {
  default = "gp3"
}
locals {
  hidden = { size = var.size, name = "n-${var.size}" }
  public = nonsensitive(var.size) > 20 ? "large" : "small"
  lost   = ephemeralasnull(var.token)
}
resource "aws_ebs_volume" "this" {
  availability_zone = "eu-west-1a"
  size              = var.size
  type              = var.kind
  tags              = { size = local.public, marked = issensitive(local.hidden.name), lost = local.lost == null }
  lifecycle {
    precondition {
      condition     = contains(["gp3", "io2"], var.kind)
      error_message = "Only gp3 and io2."
    }
    postcondition {
      condition     = self.size == var.size
      error_message = "It came out differently."
    }
  }
}
resource "aws_ebs_volume" "hidden_count" {
  count             = nonsensitive(var.size) / 20
  availability_zone = "eu-west-1a"
  size              = local.hidden.size * 2
  tags              = { for k, v in { a = 1, b = 2 } : k => v + count.index }
}
resource "terraform_data" "trigger" {
  input            = local.public
  triggers_replace = [var.kind, aws_ebs_volume.this.id]
  provisioner "local-exec" {
    command = "echo ${self.id}"
  }
}
check "sizes" {
  assert {
    condition     = alltrue([for v in aws_ebs_volume.hidden_count : v.type != "st1"])
    error_message = "st1 is slow."
  }
}
removed {
  from = aws_ebs_volume.gone
  lifecycle {
    destroy = false
  }
}
output "size" {
  value     = var.size
  sensitive = true
  precondition {
    condition     = local.public != ""
    error_message = "empty"
  }
}
