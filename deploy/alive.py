"""Whether the web server in this container answers; for its health check."""

import os
import sys
from http.client import HTTPConnection

port = int(os.environ.get("BIND", "0.0.0.0:8000").rpartition(":")[2])
host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
connection = HTTPConnection("127.0.0.1", port, timeout=4)
connection.request("GET", "/healthz/", headers={"Host": host})
sys.exit(0 if connection.getresponse().status == 200 else 1)
