"""gunicorn in production: `gunicorn --config deploy/gunicorn.conf.py see1.wsgi:application`."""

import os
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "4"))
threads = 4
worker_class = "gthread"
preload_app = False  # so that a reload (SIGHUP) takes up new code, worker by worker
timeout = 30
graceful_timeout = 25
keepalive = 5
max_requests = 20_000  # a leak, if there is one, ends with its worker
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats belong into memory; the file has no name
control_socket_disable = True  # nothing is written beside the code
accesslog = None  # see1.request writes a line with the request's id

_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _metrics:  # before the application is loaded, which opens files there
    Path(_metrics).mkdir(parents=True, exist_ok=True)


def on_starting(server: Any) -> None:
    """Metrics of the last run are not this one's."""
    for left in Path(_metrics).glob("*.db") if _metrics else ():
        left.unlink()


def child_exit(server: Any, worker: Any) -> None:
    """Live gauges of a worker that ended; its counters stay, or sums would fall."""
    if _metrics:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the package has no types
