locals {
  ports   = [8080, 8081]
  content = templatefile("${path.module}/files/service.tftpl", { name = "api", ports = local.ports, debug = false })
  names   = yamldecode(file("${path.module}/files/names.yaml")).names
  rows    = csvdecode(file("files/rows.csv"))
}

resource "terraform_data" "p" {
  for_each = {
    service = local.content
    hash    = filesha256("files/rows.csv")
    md5     = md5(file("${path.root}/files/rows.csv"))
    exists  = "${fileexists("files/none")} ${fileexists("files/rows.csv")}"
    set     = join(",", fileset("${path.module}/files", "*.{csv,yaml}"))
    base64  = filebase64("files/rows.csv")
    name    = "${basename("a/b.c")} ${dirname("a/b.c")} ${path.root}"
    nested  = templatefile("files/outer.tftpl", { rows = local.rows })
  }
  input = each.value
}

resource "aws_instance" "named" {
  for_each      = { for name in local.names : name.id => name }
  ami           = "ami-0123456789abcdef0"
  instance_type = each.value.size
  user_data     = templatefile("files/user_data.sh", each.value)
}

resource "aws_ebs_volume" "rows" {
  count             = length(local.rows)
  availability_zone = local.rows[count.index].zone
  size              = local.rows[count.index].size
}
