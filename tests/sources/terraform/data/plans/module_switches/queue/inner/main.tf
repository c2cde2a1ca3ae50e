variable "delay" {}
resource "aws_sqs_queue" "this" {
  delay_seconds = var.delay
}
output "delay" {
  value = aws_sqs_queue.this.delay_seconds
}
