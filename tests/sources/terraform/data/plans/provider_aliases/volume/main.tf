resource "aws_sqs_queue" "v" {
  name = "v"
  tags = { Module = "volume" }
}
