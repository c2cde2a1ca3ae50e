provider "aws" {
  region = "us-east-1"
}
resource "aws_ebs_volume" "v" {
  availability_zone = "us-east-1a"
  size              = formatdate("YYYY", timestamp()) == "2027" ? 100 : 50
  type              = "gp3"
  tags              = { team = "a", env = "prod" }
}
