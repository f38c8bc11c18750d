"""A Celery worker's metrics, at a port of its own: it has no web server to show them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import CONTENT_TYPE_LATEST

from see1 import metrics
from see1.logging_config import get_logger

log = get_logger(__name__)


class _Silent(WSGIRequestHandler):
    """Scrapes come every few seconds."""

    def log_message(self, format: str, *args: object) -> None:
        return


def start(address: str, port: int) -> int:
    """Serve from a thread that ends with the process; the port it listens on."""
    try:
        server = make_server(address, port, application, handler_class=_Silent)
    except OSError as error:
        log.error("metrics_port_taken", port=port, error=str(error))
        return 0
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return int(server.server_port)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ").strip()
    if environ.get("PATH_INFO") != "/metrics/" or not metrics.opens(token):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"There is nothing here.\n"]
    body = metrics.worker_exposition()
    start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST), ("Content-Length", str(len(body)))])
    return [body]
