provider "aws" {
  region = "us-east-1"
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  memory_size   = 512
}

resource "aws_lambda_function" "capped" {
  function_name                  = "capped"
  memory_size                    = 512
  reserved_concurrent_executions = 10
}
