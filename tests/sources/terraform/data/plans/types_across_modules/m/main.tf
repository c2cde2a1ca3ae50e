variable "objects" {
  type = map(object({
    n      = number
    list   = optional(list(number), [9])
    nested = optional(object({
      deep = optional(object({ on = optional(bool, false), name = optional(string) }), {})
      tags = optional(map(string), { t = "d" })
    }), {})
  }))
}
variable "set" { type = set(string) }
variable "sets" { type = set(object({ k = string, v = number })) }
variable "any" { type = any }
variable "anys" { type = list(any) }
variable "maps" { type = map(map(any)) }
variable "tuple" { type = tuple([number, string, list(string)]) }
variable "text" { type = string }
variable "flag" { type = bool }
variable "number" { type = number }
variable "nulls" { type = list(string) }
variable "deep" {
  type = map(list(object({ two = object({ three = list(object({ four = optional(number, 4), five = optional(list(string), ["5"]) })) }) })))
}
output "objects" { value = var.objects }
output "set" { value = var.set }
output "sets" { value = var.sets }
output "any" { value = var.any }
output "anys" { value = var.anys }
output "maps" { value = var.maps }
output "tuple" { value = var.tuple }
output "text" { value = var.text }
output "flag" { value = var.flag }
output "number" { value = var.number }
output "nulls" { value = var.nulls }
output "deep" { value = var.deep }
