# Both syntaxes in one module, each naming what the other declares, and overrides on top.
variable "count_of" {
  default = 2
}
locals {
  names = [for i in range(var.count_of) : "n${i}"]
}
resource "aws_instance" "native" {
  count         = length(local.names)
  ami           = "ami-0123456789abcdef0"
  instance_type = local.json_type
  tags          = { Name = local.names[count.index], Json = aws_instance.json["a"].tags.Name }
  root_block_device {
    volume_size = 10
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
  }
}
