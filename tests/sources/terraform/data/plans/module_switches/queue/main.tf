variable "name" {
  type    = string
  default = null
}
variable "delay" {
  type    = number
  default = 5
}
variable "tags" {
  type     = map(string)
  default  = { from = "default" }
  nullable = false
}
variable "inner" {
  type    = bool
  default = false
}
locals {
  create = var.name != null
  named  = var.name != ""
}
resource "aws_sqs_queue" "this" {
  count         = local.create ? 1 : 0
  name_prefix   = local.named ? "q-" : null
  delay_seconds = var.delay
  tags          = merge(var.tags, { module = basename(path.module) })
}
module "inner" {
  source = "./inner"
  count  = var.inner ? 2 : 0
  delay  = var.delay - count.index
}
output "name" { value = var.name }
output "arn" { value = try(aws_sqs_queue.this[0].arn, "") }
output "delay" { value = try(aws_sqs_queue.this[0].delay_seconds, null) }
output "tags" { value = one(aws_sqs_queue.this[*].tags) }
output "inner_delays" { value = module.inner[*].delay }
output "settings" { value = { delay = var.delay, inner = length(module.inner), tags = var.tags } }
