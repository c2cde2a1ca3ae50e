# A service on Fargate whose containers are made of a map, with scaling.
variable "containers" {
  type = map(object({
    image     = string
    cpu       = optional(number, 256)
    memory    = optional(number)
    essential = optional(bool, true)
    ports     = optional(list(number), [])
    env       = optional(map(string), {})
    secrets   = optional(map(string), {})
  }))
  default = {
    app     = { image = "app:1", cpu = 512, memory = 1024, ports = [8080, 9090], env = { B = "2", A = "1" } }
    sidecar = { image = "proxy:2", essential = false, secrets = { TOKEN = "arn:aws:ssm:eu-west-1:123456789012:parameter/t" } }
  }
}
variable "service" {
  type = object({
    desired  = optional(number, 2)
    max      = optional(number, 10)
    spot     = optional(bool, false)
    schedule = optional(map(object({ min = number, max = number, cron = string })), {})
  })
  default = { spot = true, schedule = { night = { min = 0, max = 1, cron = "cron(0 20 * * ? *)" } } }
}
locals {
  definitions = [
    for name, c in var.containers : merge(
      {
        name         = name
        image        = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/${c.image}"
        cpu          = c.cpu
        essential    = c.essential
        portMappings = [for p in c.ports : { containerPort = p, protocol = "tcp" }]
        environment  = [for k, v in c.env : { name = k, value = v }]
      },
      c.memory == null ? {} : { memory = c.memory },
      length(c.secrets) > 0 ? { secrets = [for k, v in c.secrets : { name = k, valueFrom = v }] } : {}
    )
  ]
  cpu    = sum([for c in var.containers : c.cpu])
  sizes  = [256, 512, 1024, 2048, 4096]
  total  = [for s in local.sizes : s if s >= local.cpu][0]
  memory = sum([for c in values(var.containers) : coalesce(c.memory, 512)])
  capacity_providers = var.service.spot ? { FARGATE_SPOT = { weight = 3 }, FARGATE = { weight = 1, base = 1 } } : { FARGATE = { weight = 1, base = null } }
}
resource "aws_ecs_cluster" "this" {
  name = "main"
  dynamic "setting" {
    for_each = toset(["containerInsights"])
    content {
      name  = setting.key
      value = "enabled"
    }
  }
}
resource "aws_ecs_task_definition" "this" {
  family                   = "app"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = local.total
  memory                   = max(local.memory, local.total * 2)
  container_definitions    = jsonencode(local.definitions)
  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }
  dynamic "ephemeral_storage" {
    for_each = local.total > 512 ? [50] : []
    content {
      size_in_gib = ephemeral_storage.value
    }
  }
}
resource "aws_ecs_service" "this" {
  name            = "app"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.service.desired
  dynamic "capacity_provider_strategy" {
    for_each = local.capacity_providers
    iterator = provider
    content {
      capacity_provider = provider.key
      weight            = provider.value.weight
      base              = try(provider.value.base, null)
    }
  }
  network_configuration {
    subnets         = [for i in range(2) : "subnet-${format("%08d", i)}"]
    security_groups = null
  }
}
resource "aws_appautoscaling_target" "this" {
  max_capacity       = var.service.max
  min_capacity       = floor(var.service.desired / 2)
  resource_id        = join("/", ["service", aws_ecs_cluster.this.name, aws_ecs_service.this.name])
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}
resource "aws_appautoscaling_scheduled_action" "this" {
  for_each           = var.service.schedule
  name               = each.key
  schedule           = each.value.cron
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_target_action {
    min_capacity = each.value.min
    max_capacity = each.value.max
  }
}
resource "aws_cloudwatch_log_group" "this" {
  for_each          = var.containers
  name              = "/ecs/app/${each.key}"
  retention_in_days = each.value.essential ? 30 : 7
}
resource "terraform_data" "definitions" {
  input = { list = local.definitions, total = local.total, memory = local.memory, first = local.definitions[0].environment[*].name }
}
