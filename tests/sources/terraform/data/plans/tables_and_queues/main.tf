# Tables whose attributes follow from their keys, queues with their dead letters, streams, caches: numbers, above all.
variable "tables" {
  default = {
    events = { hash = "pk", range = "sk", indexes = { by_user = { hash = "user", range = "time" }, by_time = { hash = "time", range = null } }, types = { time = "N" }, read = 10, write = 5 }
    locks  = { hash = "LockID", range = null, indexes = {}, types = {}, read = 0, write = 0 }
  }
}
locals {
  attributes = { for k, t in var.tables : k => distinct(compact(concat([t.hash, t.range], flatten([for i in t.indexes : [i.hash, i.range]])))) }
  dead       = { for name in ["orders", "mail"] : name => "${name}-dlq" }
  gib        = pow(1024, 3)
}
resource "aws_dynamodb_table" "this" {
  for_each       = var.tables
  name           = each.key
  billing_mode   = each.value.read + each.value.write > 0 ? "PROVISIONED" : "PAY_PER_REQUEST"
  read_capacity  = each.value.read > 0 ? each.value.read : null
  write_capacity = each.value.write > 0 ? each.value.write : null
  hash_key       = each.value.hash
  range_key      = each.value.range
  dynamic "attribute" {
    for_each = local.attributes[each.key]
    content {
      name = attribute.value
      type = lookup(each.value.types, attribute.value, "S")
    }
  }
  dynamic "global_secondary_index" {
    for_each = each.value.indexes
    iterator = gsi
    content {
      name            = gsi.key
      hash_key        = gsi.value.hash
      range_key       = gsi.value.range
      projection_type = "ALL"
      read_capacity   = ceil(each.value.read / 3)
      write_capacity  = max(1, floor(each.value.write / 2))
    }
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}
resource "aws_sqs_queue" "dead" {
  for_each                  = local.dead
  name                      = each.value
  message_retention_seconds = 14 * 24 * 3600
}
resource "aws_sqs_queue" "this" {
  for_each                   = local.dead
  name                       = each.key
  delay_seconds              = 90 % 60
  max_message_size           = 256 * 1024
  redrive_policy             = jsonencode({ deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:${aws_sqs_queue.dead[each.key].name}", maxReceiveCount = "5" })
}
resource "aws_kinesis_stream" "this" {
  name             = "clicks"
  shard_count      = ceil(3500 / 1000)
  retention_period = 24 * 2
  stream_mode_details {
    stream_mode = "PROVISIONED"
  }
}
resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = "sessions"
  description                = "Sessions"
  node_type                  = "cache.${join(".", ["r6g", "large"])}"
  num_node_groups            = 2
  replicas_per_node_group    = 1
  automatic_failover_enabled = 2 > 1
  snapshot_retention_limit   = tonumber("7")
}
resource "aws_opensearch_domain" "this" {
  domain_name    = "logs"
  engine_version = "OpenSearch_2.11"
  cluster_config {
    instance_type          = "r6g.large.search"
    instance_count         = 3
    zone_awareness_enabled = true
    zone_awareness_config {
      availability_zone_count = 3
    }
  }
  ebs_options {
    ebs_enabled = true
    volume_size = 100 * local.gib / local.gib
    throughput  = 250
    volume_type = "gp3"
  }
}
resource "aws_efs_file_system" "this" {
  throughput_mode                 = "provisioned"
  provisioned_throughput_in_mibps = 12.5 * 2
  dynamic "lifecycle_policy" {
    for_each = [{ ia = "AFTER_30_DAYS" }, { back = "AFTER_1_ACCESS" }]
    content {
      transition_to_ia                    = lookup(lifecycle_policy.value, "ia", null)
      transition_to_primary_storage_class = try(lifecycle_policy.value.back, null)
    }
  }
}
resource "aws_msk_cluster" "this" {
  cluster_name           = "bus"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 3
  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = ["subnet-1", "subnet-2", "subnet-3"]
    security_groups = ["sg-1"]
    storage_info {
      ebs_storage_info {
        volume_size = parseint("1f4", 16)
      }
    }
  }
}
