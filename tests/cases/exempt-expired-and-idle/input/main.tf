provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { team = "search", env = "prod" }
  }
}

# finops-gate: ignore[no-previous-generation-volumes] the snapshot tool needs it, until 2027-06-30
resource "aws_ebs_volume" "held" {
  availability_zone = "us-east-1a"
  size              = 10
  type              = "gp2"
}

resource "aws_ebs_volume" "over" {
  availability_zone = "us-east-1a"
  size              = 10
  type              = "gp2" # finops-gate: ignore[no-previous-generation-volumes] migration, until 2026-12-31
}

# finops-gate: ignore[nat-gateway-count] planned
resource "aws_ebs_volume" "idle" {
  availability_zone = "us-east-1a"
  size              = 10
  type              = "gp3"
}
