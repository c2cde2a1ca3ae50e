resource "aws_eip" "e" {}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

locals {
  decided    = aws_eip.e.id == "x" ? "same" : "same"
  open       = aws_eip.e.id == "x" ? 1 : 2
  known_list = [aws_vpc.v.id, aws_vpc.v.cidr_block]
}

resource "terraform_data" "d" {
  input = {
    id        = aws_vpc.v.id
    cidr      = aws_vpc.v.cidr_block
    decided   = local.decided
    open      = local.open
    length    = length(local.known_list)
    second    = local.known_list[1]
    splat     = [aws_vpc.v][*].cidr_block
    shortened = false && aws_eip.e.id == "x"
    either    = aws_eip.e.id == "x" || true
    text      = "vpc-${aws_vpc.v.id}"
    joined    = join("-", [aws_vpc.v.cidr_block, "b"])
    map       = { for k, v in { a = aws_vpc.v.id, b = "known" } : k => v }
    filtered  = [for k, v in { a = aws_vpc.v.id, b = "known" } : k if k != "a"]
    merged    = merge({ a = aws_vpc.v.id }, { b = "known" })
    looked_up = lookup({ a = aws_vpc.v.id, b = "known" }, "b", "none")
    element   = element([aws_vpc.v.id, "known"], 1)
    concat    = concat([aws_vpc.v.id], ["known"])
    keys      = keys({ a = aws_vpc.v.id })
    reversed  = reverse([aws_vpc.v.id, "known"])
    sliced    = slice([aws_vpc.v.id, "a", "b"], 1, 3)
    tried     = try(aws_vpc.v.cidr_block, "no")
    coalesced = coalesce("first", aws_vpc.v.id)
    flattened = flatten([[aws_vpc.v.id], ["known"]])
    zipped    = zipmap(["a", "b"], [aws_vpc.v.id, "known"])
    distinct  = distinct(["a", "a"])
    contains  = contains(["a", aws_vpc.v.id], "a")
    count     = length({ a = aws_vpc.v.id })
    values    = values({ a = aws_vpc.v.id, b = "known" })
    null_test = aws_vpc.v.cidr_block == null
  }
}

resource "aws_subnet" "s" {
  count                   = 2
  vpc_id                  = aws_vpc.v.id
  cidr_block              = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index)
  map_public_ip_on_launch = aws_vpc.v.enable_dns_support == null ? true : false
  tags = {
    Vpc  = aws_vpc.v.id
    Name = "subnet-${count.index}"
  }
}

resource "aws_security_group" "s" {
  vpc_id      = aws_vpc.v.id
  name        = "s"
  description = "in ${aws_vpc.v.cidr_block}"

  ingress {
    from_port       = 80
    to_port         = 80
    protocol        = "tcp"
    cidr_blocks     = aws_subnet.s[*].cidr_block
    security_groups = []
  }
}

resource "aws_instance" "i" {
  for_each                    = { for s in aws_subnet.s : s.cidr_block => s.id }
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  subnet_id                   = each.value
  vpc_security_group_ids      = [aws_security_group.s.id]
  associate_public_ip_address = each.key == "10.0.0.0/24"
  user_data                   = "cidr=${each.key}"

  dynamic "ebs_block_device" {
    for_each = [aws_security_group.s.name]
    content {
      device_name = "/dev/${ebs_block_device.value}"
      volume_size = 5
      kms_key_id  = aws_eip.e.id
    }
  }
}
