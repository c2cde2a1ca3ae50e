instance_type = "m5.2xlarge"
volume_gb     = 500
volume_bg     = 5
