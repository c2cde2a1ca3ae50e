resource "terraform_data" "inside" {
  input = "inside"
}

resource "terraform_data" "after" {
  input = "after"
}

moved {
  from = terraform_data.before
  to   = terraform_data.after
}
