resource "aws_instance" "native" {
  monitoring = true
  root_block_device {
    volume_size = 30
    volume_type = "gp3"
  }
  lifecycle {
    ignore_changes = [tags]
  }
}
locals {
  names = [for i in range(var.count_of) : "over${i}"]
}
