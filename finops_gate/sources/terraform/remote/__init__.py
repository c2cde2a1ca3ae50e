"""Modules that are not local: those that `terraform init` installed, and those that are downloaded when asked for."""
