variable "name" {}
variable "size" {}
variable "zone" {}
variable "volumes" {}

locals {
  letters = ["f", "g", "h"]
}

resource "aws_instance" "machine" {
  ami               = "ami-0123456789abcdef0"
  instance_type     = var.size
  availability_zone = var.zone
  tags              = { Name = upper(var.name) }

  dynamic "ebs_block_device" {
    for_each = var.volumes
    content {
      device_name = "/dev/sd${local.letters[index(keys(var.volumes), ebs_block_device.key)]}"
      volume_size = ebs_block_device.value
    }
  }
}

resource "aws_ebs_volume" "extra" {
  for_each          = var.volumes
  availability_zone = aws_instance.machine.availability_zone
  size              = each.value * 2
  type              = each.key == "logs" ? "st1" : "gp3"
}

output "id" { value = aws_instance.machine.id }
output "size" { value = aws_instance.machine.instance_type }
output "volume_size" { value = length(var.volumes) == 0 ? 0 : sum(values(aws_ebs_volume.extra)[*].size) }
output "path" { value = path.module }
