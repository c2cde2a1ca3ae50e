locals {
  name = "shop-web-${var.environment}"
}

resource "aws_launch_template" "web" {
  name          = local.name
  instance_type = var.instance_type
  image_id      = "ami-0c2b8ca1dad447f8a"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 40
    }
  }
}

resource "aws_autoscaling_group" "web" {
  name                = local.name
  min_size            = var.size.min
  desired_capacity    = coalesce(var.size.desired, var.size.min)
  max_size            = var.size.max
  vpc_zone_identifier = var.subnets

  launch_template {
    id      = aws_launch_template.web.id
    version = "$Latest"
  }

  dynamic "tag" {
    for_each = { team = "storefront", env = var.environment }

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}

resource "aws_lb" "web" {
  name               = local.name
  load_balancer_type = "application"
  subnets            = var.subnets
}

resource "aws_cloudwatch_log_group" "web" {
  name              = "/shop/web/${var.environment}"
  retention_in_days = 30
}
