resource "aws_instance" "one" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  tags          = { Name = "one", Team = "web" }

  root_block_device {
    volume_size = 30
    tags        = { Name = "root" }
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 11
  }

  ebs_block_device {
    device_name = "/dev/sdg"
    volume_size = 12
  }
}

resource "aws_ebs_volume" "text" {
  availability_zone = "eu-west-1a"
  size              = "20"
  encrypted         = "true"
  type              = "gp3"
}

resource "aws_ebs_volume" "many" {
  for_each          = { a = 1, b = 2 }
  availability_zone = "eu-west-1${each.key}"
  size              = each.value
  tags              = merge(aws_instance.one.tags, { Name = each.key })
}

resource "aws_ebs_volume" "counted" {
  count             = 2
  availability_zone = "eu-west-1c"
  size              = aws_ebs_volume.many[count.index == 0 ? "a" : "b"].size * 10
}

resource "terraform_data" "d" {
  input = {
    root        = aws_instance.one.root_block_device[0].volume_size
    roots       = aws_instance.one.root_block_device[*].volume_size
    legacy      = aws_instance.one.root_block_device.0.volume_size
    attributes  = aws_instance.one.root_block_device.*.volume_size
    added       = aws_ebs_volume.text.size + 1
    compared    = aws_ebs_volume.text.size > 3
    conditional = aws_ebs_volume.text.encrypted ? "yes" : "no"
    type        = upper(aws_ebs_volume.text.type)
    mapped      = { for k, v in aws_ebs_volume.many : k => v.size }
    zones       = values(aws_ebs_volume.many)[*].availability_zone
    keys        = keys(aws_ebs_volume.many)
    by_key      = aws_ebs_volume.many["b"].size
    lookup      = lookup(aws_instance.one.tags, "Team", "none")
    missing     = try(aws_instance.one.tags["Nothing"], "none")
    splat       = aws_ebs_volume.counted[*].size
    last        = element(aws_ebs_volume.counted, 3).availability_zone
    whole       = length(aws_ebs_volume.counted)
  }
}
