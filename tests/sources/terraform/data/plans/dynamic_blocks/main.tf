variable "rules" {
  default = [
    { port = 22, sources = ["10.0.0.0/8"], note = null },
    { port = 443, sources = ["0.0.0.0/0"], note = "public" },
  ]
}

variable "lifecycle_days" {
  type    = map(list(number))
  default = { STANDARD_IA = [30], GLACIER = [90, 180] }
}

resource "aws_security_group" "web" {
  name = "web"

  dynamic "ingress" {
    for_each = { for rule in var.rules : rule.port => rule if rule.note != null || rule.port < 100 }
    iterator = each_rule
    content {
      description = try(coalesce(each_rule.value.note), "rule ${each_rule.key}")
      from_port   = each_rule.key
      to_port     = each_rule.value.port
      protocol    = "tcp"
      cidr_blocks = each_rule.value.sources
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_s3_bucket" "b" {
  bucket = "company-archive"
}

resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket = aws_s3_bucket.b.id

  dynamic "rule" {
    for_each = keys(var.lifecycle_days)
    content {
      id     = lower("${rule.key}-${rule.value}")
      status = "Enabled"
      filter { prefix = "" }

      dynamic "transition" {
        for_each = var.lifecycle_days[rule.value]
        iterator = step
        content {
          days          = step.value + rule.key
          storage_class = rule.value
        }
      }
    }
  }
}

resource "aws_instance" "i" {
  count         = 2
  ami           = "ami-0123456789abcdef0"
  instance_type = ["m5.large", "t3.micro"][count.index]

  root_block_device {
    volume_type = "gp3"
    volume_size = 20 + count.index
  }

  dynamic "ebs_block_device" {
    for_each = count.index == 0 ? range(2) : []
    content {
      device_name = "/dev/sd${element(["f", "g"], ebs_block_device.value)}"
      volume_size = (ebs_block_device.value + 1) * 50
    }
  }

  dynamic "credit_specification" {
    for_each = count.index == 1 ? [true] : []
    content {
      cpu_credits = "unlimited"
    }
  }
}

resource "aws_autoscaling_group" "g" {
  name                 = "g"
  min_size             = "1"
  max_size             = 3
  availability_zones   = ["eu-west-1b", "eu-west-1a"]
  launch_configuration = "existing"

  dynamic "tag" {
    for_each = merge({ Team = "web" }, { Cost = 12 })
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = tag.key != "Cost"
    }
  }
}
