# One configuration for several environments: by the workspace, by maps of maps, by JSON beside the code.
variable "environment" {
  type    = string
  default = null
}
variable "overrides" {
  type    = map(map(string))
  default = {}
}
locals {
  env      = coalesce(var.environment, terraform.workspace)
  settings = jsondecode(file("${path.root}/settings.json"))
  base     = local.settings.default
  mine     = merge(local.base, lookup(local.settings, local.env, {}), lookup(var.overrides, local.env, {}))
  is_prod  = contains(["prod", "production"], local.env)
  name     = join("-", compact(["svc", local.is_prod ? "" : local.env, try(local.mine.suffix, null)]))
  replicas = local.is_prod ? 3 : tonumber(local.mine.replicas)
  sizes    = { default = "t3.small", prod = "m5.xlarge" }
}
resource "aws_instance" "this" {
  count             = local.replicas
  ami               = "ami-0123456789abcdef0"
  instance_type     = try(local.mine.type, local.sizes[local.env], local.sizes.default)
  monitoring        = local.mine.monitoring
  ebs_optimized     = local.is_prod || local.mine.monitoring
  availability_zone = "eu-west-1${element(["a", "b"], count.index)}"
  tags              = { Name = format("%s-%02d", local.name, count.index + 1), Env = local.env, Path = basename(path.cwd) == "" ? "x" : path.module }
  root_block_device {
    volume_size = lookup(local.mine, "disk", 8)
    volume_type = local.is_prod ? "io2" : "gp3"
    iops        = local.is_prod ? 4000 : null
  }
  dynamic "ebs_block_device" {
    for_each = { for i, s in try(local.mine.disks, []) : "/dev/sd${substr("fghij", i, 1)}" => s }
    content {
      device_name = ebs_block_device.key
      volume_size = ebs_block_device.value
    }
  }
}
resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each            = { for i in range(local.replicas) : tostring(i) => aws_instance.this[i].tags["Name"] }
  alarm_name          = "cpu-${each.value}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  threshold           = 80 + each.key
  metric_name         = "CPUUtilization"
  namespace           = "AWS/EC2"
  period              = 60 * 5
  statistic           = "Average"
}
resource "terraform_data" "mine" {
  input = [local.mine, local.name, local.env]
}
