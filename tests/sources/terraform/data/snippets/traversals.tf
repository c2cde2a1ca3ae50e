locals {
  plain   = module.network["eu"].subnets[0].id
  legacy  = aws_instance.web.0.private_ip
  splat   = aws_instance.web[*].ebs_block_device[0].volume_id
  nested  = module.a[*].b[*].c
  old     = aws_instance.web.*.id
  first   = aws_instance.web.*.id[0]
  counted = aws_instance.web.*.0.id
  called  = one(aws_instance.web[*]).tags["Name"]
  keyword = each.value.true
}
