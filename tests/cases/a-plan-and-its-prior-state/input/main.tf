variable "db_password" {
  type      = string
  sensitive = true
}

provider "aws" {
  region                      = "us-west-2"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m5.xlarge"
}

moved {
  from = aws_instance.old
  to   = aws_instance.web
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-west-2b"
  size              = 200
  type              = "gp3"
}

resource "aws_ebs_volume" "swapped" {
  availability_zone = "us-west-2b"
  size              = 50
  type              = "gp3"
  lifecycle { create_before_destroy = true }
}

removed {
  from = aws_ebs_volume.archive
  lifecycle { destroy = false }
}

resource "aws_db_instance" "db" {
  engine              = "postgres"
  instance_class      = "db.t3.medium"
  allocated_storage   = 20
  storage_type        = "gp2"
  username            = "app"
  password            = var.db_password
  skip_final_snapshot = true
}

resource "aws_ebs_volume" "added" {
  count             = 2
  availability_zone = "us-west-2a"
  size              = 8
  type              = "gp2"
}
