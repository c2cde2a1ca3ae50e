from_file   = "file"
from_option = "file"
sizes       = ["10", 20]
