"""What Prometheus reads: counters of this service's processes, and what the database says at the moment of asking.

Each process counts in memory, or, where `PROMETHEUS_MULTIPROC_DIR` names a directory, in files there that the process
that is asked adds up. What the database knows (the outbox's age, orbit data's age) is asked of it at most every
`FRESH_S` seconds, however many scrapers there are, and costs a handful of indexed queries.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from bookings.measures import SECONDS
from see1 import readings
from see1.logging_config import get_logger

FRESH_S = 10.0

REQUESTS = Histogram(
    "see1_http_request_seconds",
    "Time that requests took, by route and by the first digit of the status.",
    ["method", "route", "status"],
    buckets=SECONDS,
)
THROTTLED_LOG_INS = Counter("see1_log_ins_throttled_total", "Log-ins turned away for too many tries.", ["by"])
TASKS = Histogram(
    "see1_task_seconds",
    "Time that tasks took, by how they ended.",
    ["task", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0),
)

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
log = get_logger(__name__)


def note_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Routes and not paths, known methods only: what strangers send must not make time series."""
    match = request.resolver_match
    route = match.route if match else "none"
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method=method, route=route, status=f"{status // 100}xx").observe(seconds)


class DatabaseReadings(Collector):
    """Gauges read from the database; `see1_database_up` says 0 and the rest is silent where it cannot be asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._families: list[GaugeMetricFamily] = []

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH_S:
                self._families = list(_read())
                self._read_at = time.monotonic()
            yield from self._families


def _read() -> Iterator[GaugeMetricFamily]:
    try:
        families = list(readings.all_families(at=timezone.now()))
    except (DatabaseError, InterfaceError) as error:
        log.warning("metrics_without_database", error=str(error))
        families = []
    up = GaugeMetricFamily("see1_database_up", "Whether the database could be asked.", value=float(bool(families)))
    yield from (up, *families)


_readings = DatabaseReadings()


def exposition() -> bytes:
    """Everything there is to say, in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus-client's is not typed
        registry.register(_readings)
        return generate_latest(registry)
    registry.register(_readings)
    return generate_latest(REGISTRY) + generate_latest(registry)


@never_cache
@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """For whoever has the token; for everybody else there is nothing here."""
    if not _may_read(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return opens(token.strip() if scheme.lower() == "bearer" else "")


def opens(token: str) -> bool:
    """Whether whoever sends `token` may read the metrics."""
    if settings.METRICS_ARE_OPEN:
        return True
    return bool(settings.METRICS_TOKEN) and constant_time_compare(token, settings.METRICS_TOKEN)


def worker_exposition() -> bytes:
    """The same from a thread of a worker, which keeps no connection between two scrapes."""
    try:
        return exposition()
    finally:
        connections.close_all()
