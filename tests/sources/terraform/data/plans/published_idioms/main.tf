# What published modules do in order to be of use to everybody.
locals {
  common = { Owner = "platform" }
}
module "none" {
  source = "./mod"
  create = false
  name   = "none"
}
module "plain" {
  source = "./mod"
  name   = "plain"
  tags   = local.common
}
module "full" {
  source        = "./mod"
  name          = "full-${aws_kms_key.this.key_usage == null ? "x" : "y"}"
  use_prefix    = true
  azs           = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  cidrs         = ["10.0.1.0/24", "10.0.2.0/24"]
  secondary     = ["100.64.0.0/16"]
  disks         = [{ device_name = "/dev/sdf", volume_size = 50, encrypted = true }, { device_name = "/dev/sdg", volume_type = "io1", iops = 500, volume_size = 100, tags = { x = "y" } }]
  root          = [{ volume_size = 30, throughput = 200 }]
  instances     = { one = {}, two = { instance_type = "m5.large", monitoring = true, tags = { Two = "2" } }, off = { create = false } }
  defaults      = { monitoring = false }
  kms_key_arn   = aws_kms_key.this.arn
  tags          = merge(local.common, { Name = "overridden" })
  timeouts      = { create = "30m" }
  policy        = [{ sid = "A", actions = ["s3:GetObject"], resources = ["*"] }, { effect = "Deny", actions = ["s3:*"], resources = ["*"], condition = [{ test = "Bool", variable = "aws:SecureTransport", values = ["false"] }] }]
}
resource "aws_kms_key" "this" {
  key_usage = "ENCRYPT_DECRYPT"
}
resource "terraform_data" "outputs" {
  input = {
    none  = [module.none.id, module.none.first_az, module.none.count, module.none.types]
    plain = [module.plain.first_az, module.plain.count, module.plain.types, module.plain.name]
    full  = [module.full.first_az, module.full.count, module.full.types, module.full.cidrs]
  }
}
