variable "environment" {
  type = string
}

variable "instance_type" {
  type    = string
  default = "m5.large"
}

variable "size" {
  type = object({
    min     = number
    desired = optional(number)
    max     = number
  })
}

variable "subnets" {
  type    = list(string)
  default = ["subnet-a", "subnet-b"]
}
