variable "web_instance_type" {
  type    = string
  default = "m5.4xlarge"
}

variable "batch_instance_type" {
  type        = string
  description = "Chosen by whoever runs the load test."
}
