# Functions with their triggers, from YAML and from a directory of files.
locals {
  config    = yamldecode(file("${path.module}/functions.yaml"))
  functions = { for f in local.config.functions : f.name => merge(local.config.defaults, f) }
  schedules = { for k, f in local.functions : k => f.schedule if can(f.schedule) }
  queues    = merge([for k, f in local.functions : { for q in try(f.queues, []) : "${k}/${q}" => { function = k, queue = q } }]...)
  handlers  = { for path in fileset(path.module, "src/*.py") : trimsuffix(basename(path), ".py") => path }
}
resource "aws_lambda_function" "this" {
  for_each         = local.functions
  function_name    = each.key
  role             = "arn:aws:iam::123456789012:role/lambda"
  package_type     = "Image"
  image_uri        = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fn:${each.key}"
  memory_size      = each.value.memory
  timeout          = each.value.timeout
  architectures    = [each.value.arch]
  reserved_concurrent_executions = try(each.value.concurrency, -1)
  dynamic "environment" {
    for_each = try(length(each.value.env), 0) > 0 ? [each.value.env] : []
    content {
      variables = { for k, v in environment.value : upper(k) => v }
    }
  }
  dynamic "ephemeral_storage" {
    for_each = each.value.memory >= 1024 ? { size = each.value.memory * 2 } : {}
    content {
      size = ephemeral_storage.value
    }
  }
  tags = { hash = substr(sha256(jsonencode(each.value)), 0, 8), handler = try(local.handlers[each.key], "none"), digest = try(filemd5("${path.module}/${local.handlers[each.key]}"), "-") }
}
resource "aws_sqs_queue" "this" {
  for_each                   = toset(values(local.queues)[*].queue)
  name                       = each.value
  visibility_timeout_seconds = 6 * max([for q in values(local.queues) : local.functions[q.function].timeout if q.queue == each.value]...)
}
resource "aws_lambda_event_source_mapping" "this" {
  for_each         = local.queues
  event_source_arn = aws_sqs_queue.this[each.value.queue].arn
  function_name    = aws_lambda_function.this[each.value.function].function_name
  batch_size       = 10
}
resource "aws_cloudwatch_event_rule" "this" {
  for_each            = local.schedules
  name                = "run-${each.key}"
  schedule_expression = startswith(each.value, "rate") ? each.value : "cron(${each.value})"
}
resource "aws_lambda_alias" "live" {
  for_each         = { for k, f in local.functions : k => f if try(f.provisioned, 0) > 0 }
  name             = "live"
  function_name    = aws_lambda_function.this[each.key].function_name
  function_version = "1"
}
resource "aws_lambda_provisioned_concurrency_config" "live" {
  for_each                          = aws_lambda_alias.live
  function_name                     = each.value.function_name
  qualifier                         = each.value.name
  provisioned_concurrent_executions = local.functions[each.key].provisioned
}
resource "terraform_data" "config" {
  input = { functions = local.functions, handlers = local.handlers, queues = local.queues, text = local.config.text, list = local.config.mixed }
}
