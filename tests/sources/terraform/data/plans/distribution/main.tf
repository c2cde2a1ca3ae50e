# A site behind a distribution, with an alias of the provider for its certificate.
provider "aws" {
  alias                       = "us"
  region                      = "us-east-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  default_tags {
    tags = { Global = "yes", Owner = local.owner }
  }
}
variable "domains" {
  default = ["example.com", "www.example.com", "example.org"]
}
variable "behaviors" {
  default = [
    { path = "/static/*", ttl = 86400, methods = ["GET", "HEAD"] },
    { path = "/api/*", ttl = 0, methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"], headers = ["Authorization"] },
  ]
}
locals {
  owner   = "web"
  zones   = distinct([for d in var.domains : join(".", slice(split(".", d), length(split(".", d)) - 2, length(split(".", d))))])
  by_zone = { for z in local.zones : z => [for d in var.domains : d if endswith(d, z)] }
}
resource "aws_acm_certificate" "this" {
  provider                  = aws.us
  domain_name               = var.domains[0]
  subject_alternative_names = slice(var.domains, 1, length(var.domains))
  validation_method         = "DNS"
  tags                      = { Owner = "cert" }
}
resource "aws_route53_zone" "this" {
  for_each = local.by_zone
  name     = each.key
  comment  = "${length(each.value)} name${length(each.value) == 1 ? "" : "s"}"
}
resource "aws_route53_record" "this" {
  for_each = merge([for z, ds in local.by_zone : { for d in ds : d => z }]...)
  zone_id  = aws_route53_zone.this[each.value].zone_id
  name     = each.key
  type     = "A"
  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}
resource "aws_cloudfront_distribution" "this" {
  enabled         = true
  is_ipv6_enabled = true
  aliases         = toset(var.domains)
  price_class     = "PriceClass_${length(var.domains) > 5 ? "All" : 100}"
  origin {
    origin_id   = "site"
    domain_name = "site.s3.amazonaws.com"
  }
  dynamic "origin" {
    for_each = { api = 443, admin = 8443 }
    content {
      origin_id   = origin.key
      domain_name = "${origin.key}.example.com"
      custom_origin_config {
        http_port              = 80
        https_port             = origin.value
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }
  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    forwarded_values {
      query_string = false
      cookies {
        forward = "none"
      }
    }
  }
  dynamic "ordered_cache_behavior" {
    for_each = var.behaviors
    iterator = b
    content {
      path_pattern           = b.value.path
      target_origin_id       = b.key == 0 ? "site" : "api"
      allowed_methods        = b.value.methods
      cached_methods         = setintersection(b.value.methods, ["GET", "HEAD"])
      viewer_protocol_policy = "https-only"
      max_ttl                = b.value.ttl
      default_ttl            = min(b.value.ttl, 3600)
      forwarded_values {
        query_string = b.value.ttl == 0
        headers      = lookup(b.value, "headers", [])
        cookies {
          forward = b.value.ttl == 0 ? "all" : "none"
        }
      }
    }
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    acm_certificate_arn = aws_acm_certificate.this.arn
    ssl_support_method  = "sni-only"
  }
}
resource "aws_wafv2_web_acl" "this" {
  provider = aws.us
  name     = "site"
  scope    = "CLOUDFRONT"
  default_action {
    allow {}
  }
  dynamic "rule" {
    for_each = { for i, n in ["Common", "BadInputs"] : "AWSManagedRules${n}RuleSet" => i + 1 }
    content {
      name     = rule.key
      priority = rule.value
      override_action {
        none {}
      }
      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = replace(rule.key, "AWSManaged", "")
        sampled_requests_enabled   = true
      }
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "site"
    sampled_requests_enabled   = true
  }
}
