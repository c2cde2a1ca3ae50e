resource "aws_instance" "a" {
  ami           = = "ami-1"
  instance_type = "m5.large"
}

resource "aws_nat_gateway" "b" {
  subnet_id = "subnet-1"
  tags      = { team = "net", env = "prod" }
}
