# Listeners, rules and targets out of one list, with blocks that depend on what each of them says.
variable "services" {
  type = list(object({
    name     = string
    port     = number
    hosts    = optional(list(string), [])
    paths    = optional(list(string), [])
    priority = optional(number)
    weight   = optional(map(number), {})
    sticky   = optional(bool, false)
    health   = optional(map(string), { path = "/" })
  }))
  default = [
    { name = "web", port = 80, hosts = ["www.example.com"], sticky = true },
    { name = "api", port = 8080, paths = ["/api/*", "/v2/*"], health = { path = "/health", interval = "15", matcher = "200-299" } },
    { name = "canary", port = 8081, hosts = ["c.example.com"], paths = ["/x"], priority = 1, weight = { web = 90, api = 10 } },
  ]
}
locals {
  services = { for i, s in var.services : s.name => merge(s, { priority = coalesce(s.priority, (i + 1) * 100) }) }
  lb_name  = substr(replace(lower("My_Load Balancer"), "/[^a-z0-9]+/", "-"), 0, 32)
}
resource "aws_lb" "this" {
  name                       = local.lb_name
  internal                   = false
  load_balancer_type         = "application"
  subnets                    = formatlist("subnet-%s", ["a", "b"])
  enable_deletion_protection = length(local.services) > 5
  idle_timeout               = 1 + 59
}
resource "aws_lb_target_group" "this" {
  for_each    = local.services
  name        = "tg-${each.key}"
  port        = each.value.port
  protocol    = "HTTP"
  vpc_id      = "vpc-1"
  target_type = "ip"
  dynamic "stickiness" {
    for_each = each.value.sticky ? [true] : []
    content {
      type            = "lb_cookie"
      cookie_duration = 60 * 60 * 24
      enabled         = stickiness.value
    }
  }
  health_check {
    path     = each.value.health.path
    interval = lookup(each.value.health, "interval", 30)
    matcher  = try(each.value.health.matcher, "200")
  }
}
resource "aws_lb_listener" "this" {
  for_each          = { http = 80, https = 443 }
  load_balancer_arn = aws_lb.this.arn
  port              = each.value
  protocol          = upper(each.key)
  ssl_policy        = each.key == "https" ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null
  certificate_arn   = each.key == "https" ? "arn:aws:acm:eu-west-1:123456789012:certificate/x" : null
  default_action {
    type             = each.key == "http" ? "redirect" : "forward"
    target_group_arn = each.key == "http" ? null : aws_lb_target_group.this["web"].arn
    dynamic "redirect" {
      for_each = each.key == "http" ? [443] : []
      content {
        port        = redirect.value
        protocol    = "HTTPS"
        status_code = "HTTP_301"
      }
    }
  }
}
resource "aws_lb_listener_rule" "this" {
  for_each     = { for k, s in local.services : k => s if length(concat(s.hosts, s.paths)) > 0 }
  listener_arn = aws_lb_listener.this["https"].arn
  priority     = each.value.priority
  action {
    type             = "forward"
    target_group_arn = length(each.value.weight) == 0 ? aws_lb_target_group.this[each.key].arn : null
    dynamic "forward" {
      for_each = length(each.value.weight) > 0 ? [each.value.weight] : []
      content {
        dynamic "target_group" {
          for_each = forward.value
          content {
            arn    = aws_lb_target_group.this[target_group.key].arn
            weight = target_group.value
          }
        }
      }
    }
  }
  dynamic "condition" {
    for_each = [for c in [{ kind = "host", values = each.value.hosts }, { kind = "path", values = each.value.paths }] : c if length(c.values) > 0]
    content {
      dynamic "host_header" {
        for_each = condition.value.kind == "host" ? [condition.value] : []
        content {
          values = host_header.value.values
        }
      }
      dynamic "path_pattern" {
        for_each = condition.value.kind == "path" ? [condition.value] : []
        content {
          values = path_pattern.value.values
        }
      }
    }
  }
}
