"""A company's Terraform repository, made up: root modules by team and region, which call modules they share.

The same on every machine. Every name that the code uses is declared, so that it can be evaluated as it is.
"""

from __future__ import annotations

from pathlib import Path

from terraform_code import PARTS, REGIONS, TEAMS

FILE_SIZE = 5_000
CYCLES = 4
"""How often a root module has each kind of code; some 35 kB in nine files, with its prelude."""


def providers(region: str) -> str:
    others = "".join(
        f'\nprovider "aws" {{\n  alias  = "{name.replace("-", "_")}"\n  region = "{name}"\n}}\n' for name in REGIONS
    )
    return f"""provider "aws" {{
  region = "{region}"

  default_tags {{
    tags = {{
      env         = var.environment
      cost_center = "CC-1042"
    }}
  }}
}}
{others}"""


SERVICES = "".join(
    f"""
variable "{team.replace("-", "_")}_services" {{
  type    = list(string)
  default = ["api", "worker", "scheduler"]
}}

resource "aws_security_group" "{team}" {{
  name   = "${{var.name_prefix}}-{team}"
  vpc_id = module.network.vpc_id
}}
"""
    for team in TEAMS
)

PRELUDE = f"""
variable "environment" {{
  type = string
}}

variable "name_prefix" {{
  type    = string
  default = "acme"
}}

variable "data_volumes" {{
  type = list(object({{
    device_name = string
    size        = optional(number, 200)
    type        = optional(string)
  }}))
  default = [{{ device_name = "/dev/sdf" }}, {{ device_name = "/dev/sdg", size = 500, type = "gp2" }}]
}}

variable "parameters" {{
  type    = map(string)
  default = {{ max_connections = "500", log_min_duration_statement = "250" }}
}}

variable "ingress" {{
  type    = map(list(number))
  default = {{ web = [80, 443], admin = [8443] }}
}}

variable "shared_security_group_id" {{}}
variable "extra_security_group_ids" {{ default = [] }}
variable "single_zone" {{ default = false }}
variable "database_username" {{ default = "app" }}
variable "account_id" {{ default = "123456789012" }}
variable "cidr_block" {{ default = "10.0.0.0/16" }}
variable "excluded_zones" {{ default = [] }}
variable "capacity" {{ default = 12 }}
variable "debug" {{ default = false }}

locals {{
  common_tags = {{
    Environment = var.environment
    ManagedBy   = "terraform"
    Workspace   = terraform.workspace
  }}
}}

data "aws_ami" "base" {{
  most_recent = true
  owners      = ["self"]
}}

data "aws_partition" "current" {{}}

data "aws_availability_zones" "available" {{
  state = "available"
}}

module "network" {{
  source = "../../modules/network"
  name   = "${{var.name_prefix}}-${{var.environment}}"
  cidr   = var.cidr_block
  zones  = 3
  tags   = local.common_tags
}}

module "database" {{
  source     = "../../modules/database"
  name       = "${{var.name_prefix}}-main"
  subnet_ids = module.network.private_subnets
  tags       = local.common_tags
}}

resource "aws_db_subnet_group" "this" {{
  name       = "${{var.name_prefix}}-databases"
  subnet_ids = module.network.private_subnets
}}

resource "aws_s3_bucket" "data" {{
  bucket = "${{var.name_prefix}}-data"
}}

resource "aws_dynamodb_table" "this" {{
  for_each     = toset(["orders", "carts"])
  name         = each.key
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {{
    name = "id"
    type = "S"
  }}
}}

resource "aws_lb_target_group" "this" {{
  count    = 2
  port     = 8080 + count.index
  protocol = "HTTP"
  vpc_id   = module.network.vpc_id
}}

resource "aws_security_group" "service" {{
  name   = "${{var.name_prefix}}-service"
  vpc_id = module.network.vpc_id
}}
{SERVICES}"""

SERVICE = """
variable "name" { type = string }
variable "region" { type = string }
variable "cpu" { type = number }
variable "memory" { type = number }
variable "environment" { type = map(string) }
variable "subnet_ids" { type = list(string) }
variable "target_group_arns" { type = list(string) }
variable "security_group_ids" { type = list(string) }

variable "autoscaling" {
  type = object({
    min = optional(number, 1)
    max = optional(number, 4)
  })
  default = {}
}

locals {
  container = {
    name        = var.name
    cpu         = var.cpu
    memory      = var.memory
    essential   = true
    environment = [for key, value in var.environment : { name = key, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options   = { awslogs-group = aws_cloudwatch_log_group.this.name, awslogs-region = var.region }
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = 30
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  container_definitions    = jsonencode([local.container])
}

resource "aws_ecs_service" "this" {
  name            = var.name
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.autoscaling.min
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = var.subnet_ids
    security_groups = var.security_group_ids
  }

  dynamic "load_balancer" {
    for_each = var.target_group_arns
    content {
      target_group_arn = load_balancer.value
      container_name   = var.name
      container_port   = 8080
    }
  }
}

resource "aws_appautoscaling_target" "this" {
  min_capacity       = var.autoscaling.min
  max_capacity       = var.autoscaling.max
  resource_id        = "service/main/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}
"""

NETWORK = """
variable "name" { type = string }
variable "cidr" { type = string }
variable "zones" { type = number }
variable "tags" { type = map(string) }

locals {
  private = [for index in range(var.zones) : cidrsubnet(var.cidr, 4, index)]
  public  = [for index in range(var.zones) : cidrsubnet(var.cidr, 8, index + 200)]
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  tags       = merge(var.tags, { Name = var.name })
}

resource "aws_subnet" "private" {
  count      = length(local.private)
  vpc_id     = aws_vpc.this.id
  cidr_block = local.private[count.index]
  tags       = merge(var.tags, { Name = "${var.name}-private-${count.index}" })
}

resource "aws_subnet" "public" {
  count      = length(local.public)
  vpc_id     = aws_vpc.this.id
  cidr_block = element(local.public, count.index)
  tags       = merge(var.tags, { Name = "${var.name}-public-${count.index}" })
}

resource "aws_eip" "nat" {
  count = var.zones
  tags  = var.tags
}

resource "aws_nat_gateway" "this" {
  count         = var.zones
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
  tags          = var.tags
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "private_subnets" {
  value = aws_subnet.private[*].id
}
"""

DATABASE = """
variable "name" { type = string }
variable "subnet_ids" { type = list(string) }
variable "tags" { type = map(string) }

variable "instances" {
  type    = map(object({ class = optional(string, "db.r6g.large") }))
  default = { one = {}, two = { class = "db.r6g.xlarge" } }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier = var.name
  engine             = "aurora-postgresql"
  tags               = var.tags
}

resource "aws_rds_cluster_instance" "this" {
  for_each           = var.instances
  identifier         = "${var.name}-${each.key}"
  cluster_identifier = aws_rds_cluster.this.id
  instance_class     = each.value.class
  engine             = aws_rds_cluster.this.engine
  tags               = merge(var.tags, { Role = each.key })
}

output "endpoint" {
  value = aws_rds_cluster.this.endpoint
}

output "port" {
  value = coalesce(try(aws_rds_cluster.this.port, null), 5432)
}
"""

MODULES = {"service": SERVICE, "network": NETWORK, "database": DATABASE}


def estate(roots: int = 50, cycles: int = CYCLES) -> dict[str, str]:
    """Files by path: `roots` root modules of some 40 kB each, and three modules that all of them call."""
    files = {f"modules/{name}/main.tf": text for name, text in MODULES.items()}
    for number in range(roots):
        directory = f"live/{TEAMS[number % 7]}-{number:03d}"
        files[f"{directory}/providers.tf"] = providers(REGIONS[number % 4])
        files[f"{directory}/prelude.tf"] = PRELUDE
        files[f"{directory}/terraform.tfvars"] = f'environment = "{"production" if number % 3 else "staging"}"\n'
        for index, text in enumerate(code(number, cycles)):
            files[f"{directory}/part{index:02d}.tf"] = text
    return files


def code(number: int, cycles: int) -> list[str]:
    """Files of FILE_SIZE, with whole cycles of all kinds of code."""
    first = number * cycles * len(PARTS)
    texts = [""]
    for n in range(first, first + cycles * len(PARTS)):
        if len(texts[-1]) > FILE_SIZE:
            texts.append("")
        texts[-1] += PARTS[n % len(PARTS)](n)
    return texts


def write(files: dict[str, str], directory: Path) -> None:
    """Puts files where they belong below a directory."""
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
