variable "n" { type = number }
variable "key" {}
variable "tags" {
  type    = map(string)
  default = { from = "default" }
}
resource "aws_sqs_queue" "q" {
  count         = var.n
  name          = "${var.key}-${count.index}"
  delay_seconds = count.index
  tags          = var.tags
}
output "made" { value = [for q in aws_sqs_queue.q : "${q.name}:${q.delay_seconds}"] }
output "key" { value = var.key }
