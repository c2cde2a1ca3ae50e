variable "web_instance_type" {
  type    = string
  default = "m5.8xlarge"
}

variable "batch_instance_type" {
  type        = string
  description = "Chosen by whoever runs the load test."
}
