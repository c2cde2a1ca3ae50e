resource "aws_sns_topic" "topic" {
  name = "topic"
  tags = { Level = "topic" }
}
