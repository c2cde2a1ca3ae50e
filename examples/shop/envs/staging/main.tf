provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      team = "storefront"
      env  = "staging"
    }
  }
}

module "web" {
  source        = "../../modules/web"
  environment   = "staging"
  instance_type = var.web_instance_type
  size          = { min = 1, max = 2 }
}

module "database" {
  source         = "../../modules/database"
  environment    = "staging"
  instance_class = "db.t3.medium"
  multi_az       = true
}

resource "aws_ebs_volume" "search_index" {
  availability_zone = "us-east-1a"
  size              = 500
  type              = "gp2"

  tags = {
    cost_center = "CC-1042"
  }
}

# finops-gate: ignore[instance-size-cap] the load test needs the size of production, until 2027-06-30
resource "aws_instance" "load_generator" {
  count = 2

  ami           = "ami-0c2b8ca1dad447f8a"
  instance_type = "c6i.8xlarge"

  tags = {
    cost_center = "CC-1042"
  }
}

resource "aws_instance" "batch" {
  ami           = "ami-0c2b8ca1dad447f8a"
  instance_type = var.batch_instance_type

  tags = {
    cost_center = "CC-1042"
  }
}
