provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { team = "search", env = "prod" }
  }
}

# finops-gate: ignore[no-gp2] the snapshot tool needs it, until 2027-06-30
resource "aws_ebs_volume" "agreed" {
  availability_zone = "us-east-1a"
  size              = 10
  type              = "gp2"
}

# finops-gate: ignore[no-gp2] I would like one, too, until 2027-06-30
resource "aws_ebs_volume" "wanted" {
  availability_zone = "us-east-1a"
  size              = 10
  type              = "gp2"
}
