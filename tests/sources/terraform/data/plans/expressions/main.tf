locals {
  subnets  = cidrsubnets("10.0.0.0/16", 4, 4, 8)
  by_zone  = zipmap(["a", "b", "c"], local.subnets)
  sorted   = [for zone, cidr in local.by_zone : "${zone}:${cidr}" if zone != "b"]
  deep     = { for k in ["x", "y"] : k => { for n in range(3) : "n${n}" => n * n if n > 0 } }
  flat     = merge([for k, inner in local.deep : { for name, n in inner : "${k}.${name}" => n }]...)
  policy   = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:Get*"], Resource = "*" }] }
  heredoc  = <<-EOT
    %{for name, n in local.flat~}
    ${name}=${n}
    %{endfor~}
    done
  EOT
  number   = tonumber("1e3") / 3
  rounding = [floor(-1.5), ceil(1.2), parseint("ff", 16), 7 % 3, -7 % 3, pow(2, 10), 0.1 + 0.2]
}

resource "terraform_data" "p" {
  for_each = {
    sorted   = join(" ", local.sorted)
    flat     = jsonencode(local.flat)
    policy   = jsonencode(local.policy)
    heredoc  = local.heredoc
    number   = format("%.3f", local.number)
    rounding = jsonencode(local.rounding)
    splat    = join(",", [{ a = 1 }, { a = 2 }][*].a)
    lookups  = lookup({ a = "b" }, "c", "none")
    types    = jsonencode([tostring(true), tobool("false"), toset([3, 1, 3]), tolist(["a", 1])])
    try      = try(local.deep.z, local.deep.x.n2)
    can      = can(local.deep["z"]) ? "yes" : "no"
    regex    = join("|", regexall("[a-z]+[0-9]", "a1 b c2"))
    escapes  = "tab\t quote\" dollar$${x} percent%%{y} unicode\u00e9"
    base64   = base64encode(sha256("x"))
    yaml     = yamlencode({ a = [1, "two", null], b = { c = true } })
    chunks   = jsonencode(chunklist(range(5), 2))
    strings  = "${title("hello world")} ${trimspace("  x ")} ${substr("abcdef", 1, 3)} ${replace("a-b", "/-/", "_")}"
    fmtlist  = join(",", formatlist("%s-%02d", ["a", "b"], [1, 2]))
    sets     = jsonencode([setunion(["a"], ["b"]), setsubtract(["a", "b"], ["a"]), setintersection(["a", "b"], ["b"])])
    index    = "${element(["a", "b", "c"], 4)}${index(["a", "b"], "b")}${try([1, 2][7], "out")}"
    numeric  = "${1.0} ${1.50} ${1000000000000000000000} ${1 / 3 > 0.3}"
    compact  = jsonencode(compact(["a", "", null, "b"]))
    dates    = formatdate("YYYY-MM-DD", timeadd("2024-02-28T00:00:00Z", "24h"))
    hosts    = cidrhost("10.1.2.0/24", -2)
    transp   = jsonencode(transpose({ a = ["x", "y"], b = ["x"] }))
    match    = jsonencode(matchkeys(["i-1", "i-2"], ["a", "b"], ["b"]))
  }
  input = each.value
}

resource "aws_ebs_volume" "conversions" {
  availability_zone    = "eu-west-1a"
  size                 = "20"
  iops                 = length("€€€") * 1000
  type                 = "io2"
  encrypted            = "true"
  multi_attach_enabled = tostring(1 == 1)
  tags                 = { number = 1.10, flag = false, big = 12345678901234567890 }
}
