"""Terraform code of the kinds that real repositories are made of, in about their proportions; nothing by chance.

`PARTS` take a running number and give a piece of a file each. What they name beside themselves (`local.common_tags`,
`module.network`, the security groups) is declared by `PRELUDE` of `estate.py`.
"""

from __future__ import annotations

from collections.abc import Callable

REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2", "eu-central-1")
SIZES = ("t3.micro", "m5.large", "c6i.2xlarge", "r6g.xlarge", "m7g.medium")
ENGINES = ("postgres", "mysql", "aurora-postgresql", "mariadb")
VARIABLES = (
    ("retention_in_days", "number", "30"),
    ("log_group_name", "string", '"/aws/service"'),
    ("allowed_cidr_blocks", "list(string)", '["10.0.0.0/8"]'),
    ("deletion_protection", "bool", "true"),
)
TEAMS = ("payments", "search", "identity", "data-platform", "storefront", "logistics", "billing")


def instance(n: int) -> str:
    return f"""
resource "aws_instance" "{TEAMS[n % 7]}_{n}" {{
  count         = var.environment == "production" ? {n % 5 + 2} : 1
  ami           = data.aws_ami.base.id
  instance_type = "{SIZES[n % 5]}"
  subnet_id     = element(module.network.private_subnets, count.index)

  vpc_security_group_ids = [aws_security_group.{TEAMS[n % 7]}.id, var.shared_security_group_id]
  monitoring             = {"true" if n % 3 else "false"}

  root_block_device {{
    volume_type = "gp3"
    volume_size = {20 + n % 80}
    encrypted   = true
  }}

  dynamic "ebs_block_device" {{
    for_each = var.data_volumes
    content {{
      device_name = ebs_block_device.value["device_name"]
      volume_size = lookup(ebs_block_device.value, "size", 100)
      volume_type = try(ebs_block_device.value.type, null)
    }}
  }}

  tags = merge(local.common_tags, {{
    Name = "${{var.name_prefix}}-{TEAMS[n % 7]}-${{count.index}}"
    Team = "{TEAMS[n % 7]}"
  }})

  lifecycle {{
    ignore_changes = [ami, user_data]
  }}
}}
"""


def database(n: int) -> str:
    return f"""
# The {TEAMS[n % 7]} team's database. Failover is tested every quarter, so it spans zones in production.
resource "aws_db_instance" "db_{n}" {{
  identifier              = "${{var.name_prefix}}-{TEAMS[n % 7]}-{n}"
  engine                  = "{ENGINES[n % 4]}"
  engine_version          = "1{n % 6}.{n % 9}"
  instance_class          = "db.{SIZES[n % 5]}"
  allocated_storage       = {100 + n % 400}
  max_allocated_storage   = {1000 + n % 400}
  multi_az                = var.environment == "production" && !var.single_zone
  storage_type            = "gp3"
  username                = var.database_username
  password                = random_password.db_{n}.result
  db_subnet_group_name    = aws_db_subnet_group.this.name
  parameter_group_name    = length(var.parameters) > 0 ? aws_db_parameter_group.db_{n}[0].name : null
  backup_retention_period = {n % 30 + 1} // days
  skip_final_snapshot     = var.environment != "production"
  tags                    = local.common_tags
}}

resource "random_password" "db_{n}" {{
  length = {20 + n % 13}
}}

resource "aws_db_parameter_group" "db_{n}" {{
  count  = length(var.parameters) > 0 ? 1 : 0
  family = "{ENGINES[n % 4]}1{n % 6}"

  dynamic "parameter" {{
    for_each = var.parameters
    content {{
      name  = parameter.key
      value = parameter.value
    }}
  }}
}}
"""


def role(n: int) -> str:
    return f"""
resource "aws_iam_role" "{TEAMS[n % 7]}_{n}" {{
  name               = "{TEAMS[n % 7]}-{n}-${{terraform.workspace}}"
  path               = "/service/"
  assume_role_policy = <<-EOF
    {{
      "Version": "2012-10-17",
      "Statement": [
        {{
          "Effect": "Allow",
          "Principal": {{ "AWS": "arn:${{data.aws_partition.current.partition}}:iam::${{var.account_id}}:root" }},
          "Action": "sts:AssumeRole"
        }}
      ]
    }}
  EOF
  tags               = local.common_tags
}}

resource "aws_iam_role_policy" "{TEAMS[n % 7]}_{n}" {{
  role = aws_iam_role.{TEAMS[n % 7]}_{n}.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:ListBucket", "s3:PutObject"]
        Resource = [aws_s3_bucket.data.arn, "${{aws_s3_bucket.data.arn}}/*"]
      }},
    ]
  }})
}}
"""


def module(n: int) -> str:
    return f"""
module "service_{n}" {{
  source   = "../../modules/service"
  for_each = toset(var.{TEAMS[n % 7].replace("-", "_")}_services)

  name   = each.key
  region = "{REGIONS[n % 4]}"
  cpu    = {256 * (n % 4 + 1)}
  memory = {512 * (n % 4 + 1)}
  environment = {{
    LOG_LEVEL    = var.debug ? "debug" : "info"
    DATABASE_URL = "postgres://${{module.database.endpoint}}:${{module.database.port}}/${{each.value}}"
    TABLES       = join(",", [for t in aws_dynamodb_table.this : t.name if t.billing_mode != "PROVISIONED"])
  }}
  subnet_ids         = module.network.private_subnets
  target_group_arns  = aws_lb_target_group.this[*].arn
  security_group_ids = concat([aws_security_group.service.id], var.extra_security_group_ids)

  providers = {{
    aws = aws.{REGIONS[n % 4].replace("-", "_")}
  }}
}}
"""


def locals_block(n: int) -> str:
    return f"""
locals {{
  name_{n} = format("%s-%s-%03d", var.name_prefix, var.environment, {n})
  subnets_{n} = {{
    for index, zone in slice(data.aws_availability_zones.available.names, 0, {n % 3 + 1}) :
    zone => cidrsubnet(var.cidr_block, {n % 4 + 4}, index + {n % 16})
    if !contains(var.excluded_zones, zone)
  }}
  rules_{n} = flatten([
    for group, ports in var.ingress : [
      for port in ports : {{ group = group, port = port, key = "${{group}}-${{port}}" }}
    ]
  ])
  hourly_{n} = (var.capacity * {n % 9 + 1} + 1) / 730
}}
"""


def validated_variable(n: int) -> str:
    return f"""
variable "{TEAMS[n % 7].replace("-", "_")}_{n}" {{
  description = "How many nodes the {TEAMS[n % 7]} cluster keeps, by size; see the runbook before lowering it."
  type = map(object({{
    min_size = number
    max_size = optional(number, {n % 10 + 1})
    labels   = optional(map(string), {{}})
  }}))
  default = {{}}

  validation {{
    condition     = alltrue([for k, v in var.{TEAMS[n % 7].replace("-", "_")}_{n} : v.min_size <= v.max_size])
    error_message = "The minimum size of a group cannot be larger than its maximum size."
  }}
}}

output "{TEAMS[n % 7]}_{n}" {{
  description = "The addresses of the {TEAMS[n % 7]} cluster"
  value       = [for node in aws_instance.{TEAMS[(n - 3) % 7]}_{n - 3} : node.private_ip]
}}
"""


def bucket(n: int) -> str:
    return f"""
# Raw events of {TEAMS[n % 7]}, kept for {n % 90 + 10} days and then moved to colder storage.
resource "aws_s3_bucket" "events_{n}" {{
  bucket        = "${{var.name_prefix}}-{TEAMS[n % 7]}-events-{n}"
  force_destroy = false

  tags = {{
    Name       = "events"
    Team       = "{TEAMS[n % 7]}"
    CostCentre = "{1000 + n % 97}"
  }}
}}

resource "aws_s3_bucket_lifecycle_configuration" "events_{n}" {{
  bucket = aws_s3_bucket.events_{n}.id

  rule {{
    id     = "archive"
    status = "Enabled"

    transition {{
      days          = {n % 90 + 10}
      storage_class = "GLACIER"
    }}

    expiration {{
      days = 365
    }}
  }}
}}

resource "aws_security_group_rule" "{TEAMS[n % 7]}_{n}" {{
  type              = "ingress"
  description       = "HTTPS from the load balancer"
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["10.{n % 200}.0.0/16", "10.{n % 200 + 1}.0.0/16"]
  security_group_id = aws_security_group.{TEAMS[n % 7]}.id
}}
"""


def variables(n: int) -> str:
    text = ""
    for name, kind, default in VARIABLES:
        text += f"""
variable "{name}_{n}" {{
  description = "(Optional) The {name.replace("_", " ")} of the {TEAMS[n % 7]} service; see its runbook."
  type        = {kind}
  default     = {default}
}}
"""
    return text


# Variables and resources about even, as in public code; some 67 nodes of the tree a kilobyte, where that has 63.
PARTS: tuple[Callable[[int], str], ...] = (
    instance, variables, bucket, validated_variable, variables, module, database, variables, role, variables,
    bucket, locals_block,
)  # fmt: skip


def repository(size: int) -> list[str]:
    """Files of some 4 kB each, `size` characters in all."""
    files: list[str] = []
    made = n = 0
    while made < size:
        text = ""
        while len(text) < 4000:
            text += PARTS[n % len(PARTS)](n)
            n += 1
        files.append(text)
        made += len(text)
    return files
