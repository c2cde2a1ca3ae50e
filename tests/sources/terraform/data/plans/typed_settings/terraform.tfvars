from_tfvars = { a = "12", c = [{}, { d = "6" }] }
not_null    = null
heredoc     = <<-EOT
    indented
      more
    back
EOT
