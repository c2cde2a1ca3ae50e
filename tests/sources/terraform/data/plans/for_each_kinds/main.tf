variable "buckets" {
  type    = set(string)
  default = ["logs", "assets", "logs"]
}

variable "tables" {
  type = map(object({
    hash_key = string
    read     = optional(number, 5)
    write    = optional(number)
    tags     = optional(map(string), {})
  }))
  default = {
    orders = { hash_key = "id", write = "10", tags = { Team = "shop" } }
    "a.b"  = { hash_key = "key" }
  }
}

locals {
  pairs = { for pair in setproduct(["x", "y"], [1, 2]) : "${pair[0]}-${pair[1]}" => pair }
  rules = [
    { port = 443, cidr = "10.0.0.0/8" },
    { port = 80, cidr = "10.0.0.0/8" },
    { port = 443, cidr = "192.168.0.0/16" },
  ]
  by_port = { for rule in local.rules : rule.port => rule.cidr... }
  wide    = { for k, v in local.by_port : k => v if length(v) > 1 }
}

resource "aws_s3_bucket" "b" {
  for_each      = var.buckets
  bucket        = "company-${each.key}"
  force_destroy = each.value == "logs"
}

resource "aws_dynamodb_table" "t" {
  for_each       = var.tables
  name           = replace(each.key, ".", "-")
  hash_key       = each.value.hash_key
  billing_mode   = "PROVISIONED"
  read_capacity  = each.value.read
  write_capacity = coalesce(each.value.write, each.value.read * 2)
  tags           = each.value.tags

  attribute {
    name = each.value.hash_key
    type = "S"
  }
}

resource "aws_sqs_queue" "q" {
  for_each                   = local.pairs
  name                       = each.key
  visibility_timeout_seconds = each.value[1] * 30
}

resource "aws_security_group" "s" {
  for_each = local.by_port
  name     = "port-${each.key}"

  ingress {
    from_port   = each.key
    to_port     = each.key
    protocol    = "tcp"
    cidr_blocks = each.value
  }
}

resource "aws_sns_topic" "wide" {
  for_each = local.wide
  name     = "wide-${each.key}"
}

resource "aws_cloudwatch_log_group" "of_queue" {
  for_each          = aws_sqs_queue.q
  name              = "/queues/${each.value.name}"
  retention_in_days = each.value.visibility_timeout_seconds == 30 ? 7 : 14
}
