# Buckets whose rules nest: dynamics within dynamics, iterators with names, and keys out of several lists.
variable "buckets" {
  default = {
    logs = {
      versioning = false
      rules = [
        { id = "archive", prefix = "app/", transitions = [{ days = 30, class = "STANDARD_IA" }, { days = 90, class = "GLACIER" }], expire = 365 },
        { id = "tmp", prefix = "tmp/", transitions = [], expire = 7 },
      ]
    }
    data = { versioning = true, rules = [{ id = "old", prefix = "", transitions = [{ days = 0, class = "INTELLIGENT_TIERING" }], expire = null }] }
  }
}
variable "prefix" {
  type    = string
  default = "acme"
}
resource "aws_s3_bucket" "this" {
  for_each      = var.buckets
  bucket        = "${var.prefix}-${each.key}-${substr(md5(each.key), 0, 6)}"
  force_destroy = each.key == "logs"
}
resource "aws_s3_bucket_versioning" "this" {
  for_each = { for name, b in var.buckets : name => b if b.versioning }
  bucket   = aws_s3_bucket.this[each.key].id
  versioning_configuration {
    status = each.value.versioning ? "Enabled" : "Suspended"
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = var.buckets
  bucket   = aws_s3_bucket.this[each.key].bucket
  dynamic "rule" {
    for_each = each.value.rules
    iterator = outer
    content {
      id     = outer.value.id
      status = "Enabled"
      filter {
        prefix = outer.value.prefix
      }
      dynamic "transition" {
        for_each = { for t in outer.value.transitions : t.class => t.days }
        content {
          days          = transition.value
          storage_class = transition.key
        }
      }
      dynamic "expiration" {
        for_each = compact([outer.value.expire])
        content {
          days = tonumber(expiration.value) + outer.key
        }
      }
      noncurrent_version_expiration {
        noncurrent_days = coalesce(outer.value.expire, 30)
      }
    }
  }
}
data "aws_iam_policy_document" "this" {
  for_each = toset(["logs", "data"])
  dynamic "statement" {
    for_each = { read = ["s3:GetObject"], list = ["s3:ListBucket", "s3:GetBucketLocation"] }
    content {
      sid       = title(statement.key)
      actions   = statement.value
      resources = ["arn:aws:s3:::${aws_s3_bucket.this[each.key].bucket}%{if statement.key == "read"}/*%{endif}"]
      principals {
        type        = "AWS"
        identifiers = [for id in ["111111111111", "222222222222"] : "arn:aws:iam::${id}:root"]
      }
    }
  }
}
resource "aws_s3_bucket_policy" "this" {
  for_each = data.aws_iam_policy_document.this
  bucket   = aws_s3_bucket.this[each.key].id
  policy   = each.value.json
}
resource "aws_s3_bucket_cors_configuration" "this" {
  bucket = aws_s3_bucket.this["data"].id
  dynamic "cors_rule" {
    for_each = [["GET", "HEAD"], ["PUT"]]
    content {
      allowed_methods = cors_rule.value
      allowed_origins = ["https://*.example.com"]
      max_age_seconds = cors_rule.key == 0 ? 3000 : null
    }
  }
}
resource "aws_s3_object" "seed" {
  for_each = { for i, text in ["one", "two"] : format("%02d-%s.txt", i, text) => text }
  bucket   = aws_s3_bucket.this["data"].id
  key      = "seed/${each.key}"
  content  = each.value
  etag     = md5(each.value)
}
