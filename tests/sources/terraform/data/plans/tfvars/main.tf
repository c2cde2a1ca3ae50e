variable "from_default" { default = "default" }
variable "from_environment" { default = "default" }
variable "from_tfvars" { default = "default" }
variable "from_json" { default = "default" }
variable "from_auto" { default = "default" }
variable "from_auto_json" { default = "default" }
variable "from_file" { default = "default" }
variable "from_option" { default = "default" }

variable "sizes" {
  type = list(number)
}

variable "settings" {
  type = object({
    name    = string
    size    = optional(number, 10)
    tags    = optional(map(string))
    nested  = optional(object({ on = optional(bool, true), level = optional(string) }), {})
    volumes = optional(list(object({ size = number, type = optional(string, "gp3") })), [{ size = 1 }])
  })
}

variable "nothing" {
  type     = string
  default  = "something"
  nullable = false
}

variable "really_null" {
  type    = number
  default = 3
}

resource "terraform_data" "all" {
  input = {
    from_default     = var.from_default
    from_environment = var.from_environment
    from_tfvars      = var.from_tfvars
    from_json        = var.from_json
    from_auto        = var.from_auto
    from_auto_json   = var.from_auto_json
    from_file        = var.from_file
    from_option      = var.from_option
    sizes            = var.sizes
    settings         = var.settings
    nothing          = var.nothing
    really_null      = var.really_null
  }
}

resource "aws_ebs_volume" "v" {
  count             = length(var.sizes)
  availability_zone = "eu-west-1a"
  size              = var.sizes[count.index]
  type              = var.settings.volumes[0].type
  tags              = var.settings.tags
}
