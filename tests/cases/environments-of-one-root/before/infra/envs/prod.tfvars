instance_type = "m5.large"
volume_gb     = 100
