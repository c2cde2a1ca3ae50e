# What type constraints do to values, seen through terraform_data, which keeps types.
variable "nested" {
  type = list(object({
    name  = string
    size  = optional(number, 10)
    inner = optional(object({ on = optional(bool, true), tags = optional(map(string)), list = optional(list(number), [1]) }), {})
  }))
  default = [{ name = 1 }, { name = "b", size = "7", inner = { on = "false", list = ["3", 4], extra = 1 } }, { name = true, inner = null }]
}
variable "mixed" {
  type    = map(any)
  default = { a = 1, b = "x", c = true }
}
variable "set" {
  type    = set(string)
  default = [3, "1", 2, 3]
}
variable "pair" {
  type    = tuple([string, number, list(any)])
  default = [1, "2", [1, "x"]]
}
variable "free" {
  default = { list = [1, "a", null], map = { k = null } }
}
variable "number" {
  type    = number
  default = "1e2"
}
variable "text" {
  type    = string
  default = 0.10
}
variable "not_null" {
  type     = string
  default  = "fallback"
  nullable = false
}
variable "list_of_maps" {
  type    = list(map(string))
  default = [{ a = 1 }, { b = true, c = null }]
}
variable "numbers" {
  type    = list(number)
  default = ["1", 2.50]
}
variable "from_tfvars" {
  type = object({ a = number, b = optional(string, "B"), c = optional(list(object({ d = optional(number, 5) })), [{}]) })
}
variable "heredoc" {
  type = string
}
locals {
  chain_a = local.chain_b + 1
  chain_b = length(local.chain_c)
  chain_c = [for n in var.nested : n.size if n.inner.on]
  ternary = { a = true ? 1 : "x", b = false ? [] : ["a"], c = true ? { a = 1 } : { a = "x" }, d = true ? null : 1, e = false ? tolist([1]) : tolist(["a"]) }
  unify   = { list = tolist([1, "a", true]), map = tomap({ a = 1, b = "x" }), set = toset([true, "true"]), lists = tolist([[1], ["a", "b"]]), objects = tolist([{ a = 1 }, { a = "b" }]) }
  compare = [1 == 1.0, "1" == 1, "true" == true, null == null, [1] == tolist([1]), { a = 1 } == tomap({ a = 1 }), toset([1, 2]) == toset([2, 1]), [] == [], {} == {}, "a" == null]
  numbers = [1e3, 0.1 + 0.2, 10 / 4, 7 % -3, -7 % 3, 1 / 8, 123456789012345678901234567890, 1.0, 5e-7, -0]
  strings = ["${1.5}", "${true}", "a${1}b", "${"nested ${"deep"}"}", "\u00e9\U0001F600", "$${a} %%{b} $ %", "tab\tq\"\\"]
  index   = [[1, 2, 3][1], { a = { b = 1 } }.a.b, { a = { b = 1 } }["a"]["b"], [[1, 2], [3]][0].1, [{ a = 1 }, { a = 2 }].*.a, [{ a = { b = [5] } }][*].a.b[0], null[*], "x"[*], toset(["q"])[*]]
  fors    = [for k, v in { b = 1, a = 2 } : "${k}${v}"]
  group   = { for w in ["apple", "avocado", "bean"] : substr(w, 0, 1) => w... }
  nested  = { for i in range(2) : i => { for j in range(2) : j => i * 10 + j if i != j } }
}
resource "terraform_data" "values" {
  for_each = {
    nested  = jsonencode(var.nested), mixed = jsonencode(var.mixed), set = jsonencode(var.set), pair = jsonencode(var.pair), free = jsonencode(var.free)
    number  = var.number, text = var.text, not_null = var.not_null, maps = jsonencode(var.list_of_maps), numbers = jsonencode(var.numbers)
    tfvars  = jsonencode(var.from_tfvars), heredoc = var.heredoc, chain = local.chain_a
  }
  input = each.value
}
resource "terraform_data" "typed" {
  input = [var.nested, var.mixed, var.set, var.pair, var.free, var.list_of_maps, var.from_tfvars]
}
resource "terraform_data" "locals" {
  input = { ternary = local.ternary, unify = local.unify, compare = local.compare, numbers = local.numbers, strings = local.strings, index = local.index, fors = local.fors, group = local.group, nested = local.nested }
}
