resource "aws_security_group" "attributes" {
  name = "attributes"
  ingress = [
    {
      description      = ""
      from_port        = 80
      to_port          = "80"
      protocol         = "tcp"
      cidr_blocks      = ["10.0.0.0/8", "10.0.0.0/8"]
      ipv6_cidr_blocks = []
      prefix_list_ids  = null
      security_groups  = toset([])
      self             = false
    },
    {
      description      = "second"
      from_port        = 443
      to_port          = 443
      protocol         = "tcp"
      cidr_blocks      = null
      ipv6_cidr_blocks = []
      prefix_list_ids  = []
      security_groups  = ["sg-2", "sg-1"]
      self             = true
    },
  ]
  egress = []
}

resource "aws_route_table" "r" {
  vpc_id = "vpc-1"
  route  = [for i in range(2) : merge(local.no_route, { cidr_block = "10.${i}.0.0/16", gateway_id = "igw-${i}" })]
}

locals {
  no_route = {
    carrier_gateway_id         = null
    cidr_block                 = null
    core_network_arn           = null
    destination_prefix_list_id = null
    egress_only_gateway_id     = null
    gateway_id                 = null
    ipv6_cidr_block            = null
    local_gateway_id           = null
    nat_gateway_id             = null
    network_interface_id       = null
    transit_gateway_id         = null
    vpc_endpoint_id            = null
    vpc_peering_connection_id  = null
  }
}

resource "aws_lambda_function" "f" {
  function_name                  = "f"
  role                           = "arn:aws:iam::123456789012:role/r"
  filename                       = "f.zip"
  handler                        = "index.handler"
  runtime                        = "python3.12"
  memory_size                    = 1.024e3
  timeout                        = 60 / 2
  reserved_concurrent_executions = -1
  architectures                  = ["arm64"]
  layers                         = []

  environment {
    variables = {
      NUMBER = 1.50
      BOOL   = true
      TEXT   = <<EOT
  two lines
with "quotes"
EOT
      INDENT = <<-EOT
        first
          second
      EOT
      EMPTY  = ""
    }
  }

  ephemeral_storage { size = 10240 }
}

resource "aws_lb" "l" {
  name               = "l"
  internal           = "false"
  load_balancer_type = "network"
  subnets            = ["subnet-b", "subnet-a", "subnet-b"]

  access_logs {
    bucket  = "logs"
    enabled = "true"
  }
}

resource "aws_ecs_task_definition" "t" {
  family                   = "t"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = "512"
  container_definitions = jsonencode([{
    name   = "c"
    image  = "nginx"
    cpu    = 0
    memory = 512
  }])
}

resource "aws_elasticache_cluster" "c" {
  cluster_id      = "c1"
  engine          = "redis"
  node_type       = "cache.t3.micro"
  num_cache_nodes = 1
}

resource "aws_s3_bucket_lifecycle_configuration" "l" {
  bucket = "company-b"
  rule {
    id     = "all"
    status = "Enabled"
    filter {
      and {
        prefix                   = "logs/"
        object_size_greater_than = 1000
        tags                     = { Kind = "log" }
      }
    }
    noncurrent_version_expiration {
      noncurrent_days = "30"
    }
  }
}

resource "aws_eks_node_group" "g" {
  cluster_name    = "c"
  node_group_name = "g"
  node_role_arn   = "arn:aws:iam::123456789012:role/r"
  subnet_ids      = toset(["subnet-b", "subnet-a"])
  instance_types  = tolist(["m5.large"])
  labels          = { a = 1 }

  scaling_config {
    desired_size = 2
    max_size     = 2 * 2
    min_size     = -(-1)
  }

  timeouts {
    create = "1h"
  }
}
