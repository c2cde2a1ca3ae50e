variable "name" {}
resource "aws_sqs_queue" "second" { name = var.name }
