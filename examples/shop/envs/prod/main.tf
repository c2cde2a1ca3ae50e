terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      team        = "storefront"
      env         = "prod"
      cost_center = "CC-1042"
    }
  }
}

module "web" {
  source        = "../../modules/web"
  environment   = "prod"
  instance_type = "m6i.xlarge"
  size          = { min = 3, desired = 4, max = 12 }
}

module "database" {
  source         = "../../modules/database"
  environment    = "prod"
  instance_class = "db.r6g.xlarge"
  storage_gb     = 400
  multi_az       = true
}

resource "aws_nat_gateway" "egress" {
  for_each = toset(["a", "b"])

  allocation_id = "eipalloc-${each.key}"
  subnet_id     = "subnet-${each.key}"
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id = "shop-sessions"
  description          = "Sessions and carts"
  engine               = "redis"
  node_type            = "cache.m6g.large"
  num_cache_clusters   = 2
}

resource "aws_s3_bucket" "images" {
  bucket = "shop-product-images"
}

resource "aws_s3_bucket_lifecycle_configuration" "images" {
  bucket = aws_s3_bucket.images.id

  rule {
    id     = "originals-are-rarely-read"
    status = "Enabled"

    transition {
      days          = 90
      storage_class = "STANDARD_IA"
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_lambda_function" "thumbnails" {
  function_name = "shop-thumbnails"
  role          = "arn:aws:iam::123456789012:role/shop-thumbnails"
  runtime       = "python3.12"
  handler       = "handler.main"
  filename      = "thumbnails.zip"
  memory_size   = 1024
  timeout       = 30
}
