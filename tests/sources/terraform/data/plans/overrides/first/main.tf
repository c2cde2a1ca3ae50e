variable "name" {}
resource "aws_sqs_queue" "first" { name = var.name }
