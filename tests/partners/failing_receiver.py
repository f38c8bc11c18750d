"""A partner's webhook receiver on a bad day: `python failing_receiver.py PORT FILE SECRET SEED`.

It verifies each message by the reference library and writes its id and body to FILE before it answers; and often it
answers 500, or not at all, before or after writing. The verdict is the test's.
"""

import json
import os
import random
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks import Webhook

PORT, FILE, SECRET, SEED = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
mood = random.Random(SEED)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        lot = mood.random()
        if lot < 0.2:
            self.answer(500)
            return
        if lot < 0.3:
            self.connection.close()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        Webhook(SECRET).verify(body, headers)
        with FILE.open("a") as file:
            file.write(json.dumps({"id": headers["webhook-id"], "message": json.loads(body)}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if lot < 0.4:  # written, and the sender does not learn of it
            self.connection.close()
            return
        self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


ThreadingHTTPServer.allow_reuse_address = True
ThreadingHTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
