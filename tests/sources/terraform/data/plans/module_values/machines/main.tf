variable "subnet" {
  type = object({ id = string, cidr_block = string })
}

variable "settings" {
  type = object({
    size   = number
    type   = optional(string, "t3.micro")
    labels = optional(map(string), { none = "x" })
  })
}

variable "anything" {
  type    = any
  default = null
}

resource "aws_instance" "m" {
  ami           = "ami-0123456789abcdef0"
  instance_type = var.settings.type
  subnet_id     = var.subnet.id
  tags          = merge(var.settings.labels, { Cidr = var.subnet.cidr_block })

  root_block_device {
    volume_size = var.settings.size
  }
}

output "machine" { value = aws_instance.m }
output "anything" { value = var.anything }

output "settings" {
  value     = var.settings
  sensitive = true
}

output "types" {
  value = {
    size    = var.settings.size
    ignored = can(var.settings.ignored)
    labels  = jsonencode(var.settings.labels)
  }
}
