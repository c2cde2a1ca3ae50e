data "aws_partition" "here" {}
data "aws_region" "here" {}

data "aws_region" "there" {
  name = "us-west-2"
}

data "aws_default_tags" "all" {}

data "aws_arn" "a" {
  arn = "arn:aws:rds:eu-west-1:123456789012:db:mysql-db"
}

data "aws_iam_policy_document" "p" {
  statement {
    sid       = "Read"
    actions   = ["s3:ListBucket", "s3:GetObject"]
    resources = ["arn:aws:s3:::company-*"]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["home/", "home/&{aws:username}/"]
    }
  }

  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["123456789012"]
    }
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.p.json
}

resource "terraform_data" "d" {
  input = {
    partition = data.aws_partition.here.partition
    dns       = data.aws_partition.here.dns_suffix
    region    = data.aws_region.here.name
    there     = data.aws_region.there.name
    service   = data.aws_arn.a.service
    resource  = data.aws_arn.a.resource
    tags      = data.aws_default_tags.all.tags
  }
}
