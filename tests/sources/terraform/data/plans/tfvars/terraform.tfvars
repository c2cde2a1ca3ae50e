from_tfvars    = "tfvars"
from_json      = "tfvars"
from_auto      = "tfvars"
from_auto_json = "tfvars"
from_file      = "tfvars"
from_option    = "tfvars"
settings       = { name = "n", nested = { level = "high" } }
nothing        = null
really_null    = null
