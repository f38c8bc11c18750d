"""The request's id on its way through Celery, and a line of log and a measurement for every task.

A message that a request sends carries the request's id in its headers; a task that beat started is traced by its own
id. Either is bound while the task runs, so that what the task logs, writes and promises bears it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import structlog
from celery import Task
from celery.signals import before_task_publish, task_postrun, task_prerun, worker_process_shutdown, worker_ready
from django.conf import settings
from prometheus_client import multiprocess

from bookings.tracing import current_request_id
from see1 import metrics, metrics_server
from see1.logging_config import get_logger

HEADER = "request_id"
log = get_logger("see1.task")


def connect() -> None:
    """Listen to Celery. Once, when the application starts."""
    before_task_publish.connect(_send_along, dispatch_uid="see1.tracing")
    task_prerun.connect(_begin, dispatch_uid="see1.tracing")
    task_postrun.connect(_end, dispatch_uid="see1.tracing")
    worker_ready.connect(_open_metrics, dispatch_uid="see1.tracing")
    worker_process_shutdown.connect(_forget_process, dispatch_uid="see1.tracing")


def _send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (request_id := current_request_id()):
        headers[HEADER] = request_id


def _begin(task_id: str, task: Task[Any, Any], **_: Any) -> None:
    structlog.contextvars.clear_contextvars()
    request_id = (task.request.get("headers") or {}).get(HEADER) or task.request.get(HEADER) or task_id
    structlog.contextvars.bind_contextvars(request_id=str(request_id), task=task.name)
    task.request.update(began=time.monotonic())


def _end(task: Task[Any, Any], retval: Any, state: str | None = None, **_: Any) -> None:
    seconds = time.monotonic() - task.request.get("began", time.monotonic())
    outcome = (state or "UNKNOWN").lower()
    metrics.TASKS.labels(task=task.name, outcome=outcome).observe(seconds)
    said = {"ms": round(seconds * 1000, 1), "outcome": outcome}
    if outcome != "success":
        log.error("task", **said, error=str(retval))
    elif retval:
        log.info("task", **said, result=retval)
    else:
        log.debug("task", **said)
    structlog.contextvars.clear_contextvars()


def _open_metrics(**_: Any) -> None:
    if settings.METRICS_WORKER_PORT:
        metrics_server.start(settings.METRICS_WORKER_ADDRESS, settings.METRICS_WORKER_PORT)


def _forget_process(pid: int | None = None, **_: Any) -> None:
    """Live gauges of a process that ended; its counters stay, or sums would fall."""
    with suppress(KeyError, TypeError):  # no directory is named, so there is nothing to forget
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # prometheus-client's is not typed
