# Modules that are there or not, one inside the other, and what is asked of them.
variable "create" {
  default = true
}
variable "name" {
  default = ""
}
module "on" {
  source = "./queue"
  count  = var.create ? 1 : 0
  name   = "${aws_sns_topic.this.id}-on"
  tags   = null
}
module "off" {
  source = "./queue"
  count  = var.create && var.name != "" ? 1 : 0
  name   = var.name
}
module "each" {
  source   = "./queue"
  for_each = { small = { delay = 1 }, large = { delay = 900, tags = { big = true } } }
  name     = each.key
  delay    = each.value.delay
  tags     = try(each.value.tags, {})
  inner    = each.key == "large"
}
resource "aws_sns_topic" "this" {
  name         = var.name == "" ? null : var.name
  display_name = try(module.off[0].name, "nobody")
}
resource "aws_sns_topic_subscription" "this" {
  for_each  = module.each
  topic_arn = aws_sns_topic.this.arn
  protocol  = "sqs"
  endpoint  = each.value.arn
}
resource "terraform_data" "asked" {
  input = {
    on     = one(module.on[*].delay)
    off    = one(module.off[*].delay)
    length = [length(module.on), length(module.off), length(module.each)]
    names  = { for k, m in module.each : k => m.name }
    inner  = [for m in module.each : m.inner_delays]
    splat  = values(module.each)[*].delay
    flat   = flatten([for m in module.each : m.inner_delays])
    whole  = { for k, m in module.each : k => m.settings }
    or     = try(module.off[0].delay, module.on[0].delay, 7)
    tags   = { for k, m in module.each : k => m.tags }
  }
}
