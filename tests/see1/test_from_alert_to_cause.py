"""The walk of docs/operations/README.md, "From an alert to its cause", for three planted faults.

Each begins as the person on call does, with the metric that its alert watches, and must find in the logs the very words
that the documentation says to look for.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import free_port
from see1.embedded.processes import Process
from see1.embedded.supervisor import Supervisor
from tests.see1.test_outages import Installation, start, stop

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("alerts")]
SOON_S = 60.0
DOCUMENTED = (PROJECT_DIR / "docs" / "operations" / "README.md").read_text()
ALERTS = (PROJECT_DIR / "deploy" / "prometheus" / "alerts.yml").read_text()


class Watched(Installation):
    """With a worker, and what each process logs."""

    def __init__(self, directory: Path, supervisor: Supervisor) -> None:
        self.logs = directory
        super().__init__(
            directory,
            supervisor,
            DJANGO_SETTINGS_MODULE="see1.settings.dev",
            LOG_FORMAT="json",
            DUE_EVERY_S="1",
            SEE1_DEMO="0",
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(free_port()),  # nobody listens there
        )
        for name, options in (("worker", _WORKER), ("beat", [f"--schedule={directory / 'schedule'}", "--pidfile="])):
            self.supervisor.start(self._celery(name, options))

    def _celery(self, name: str, options: list[str]) -> Process:
        command = [sys.executable, "-m", "celery", f"--workdir={PROJECT_DIR}", "--app=see1.celery:app", name, *options]
        return Process(name=name, command=command, log=self.logs / f"{name}.log", environment=self.environment)

    def metric(self, name: str) -> float | None:
        """The greatest of its values; None where it says nothing. What the database knows is up to 10 s old."""
        text = self.get("/metrics/")[2].decode()
        found = re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", text, re.M)
        return max(map(float, found), default=None)

    def lines(self, process: str) -> list[dict[str, Any]]:
        text = (self.logs / f"{process}.log").read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def say(self, sql: str) -> None:
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
        finally:
            connection.close()


_WORKER = ["--concurrency=1", "--loglevel=INFO", "--without-gossip", "--without-mingle"]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    directory = tmp_path_factory.mktemp("alerts")
    directory.chmod(0o755)
    supervisor = Supervisor(print)
    try:
        yield Watched(directory, supervisor)
    finally:
        supervisor.stop()


def soon(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON_S
    while not condition():
        assert time.monotonic() < deadline, condition
        time.sleep(0.1)


def row_of(alert: str) -> str:
    """What the documentation says of an alert that there is."""
    assert f"- alert: {alert}\n" in ALERTS
    return next(line for line in DOCUMENTED.splitlines() if line.startswith("|") and f"`{alert}`" in line)


def test_the_database_is_away(watched: Watched) -> None:
    assert '`"event": "database_unavailable"`' in row_of("DatabaseAway")
    stop(watched.postgres)
    try:
        assert watched.get("/api/v1/bookings/")[0] == 503
        soon(lambda: watched.metric("see1_database_up") == 0)
    finally:
        start(watched.postgres)
    (found, *_) = [line for line in watched.lines("web") if line["event"] == "database_unavailable"]
    assert "connection" in found["error"]
    assert watched.recovers("/api/v1/bookings/")
    soon(lambda: watched.metric("see1_database_up") == 1)


def test_the_mail_server_refuses(watched: Watched) -> None:
    words = "The mail server cannot be reached"
    assert words in row_of("OutboxStuck")
    watched.manage("shell", "--verbosity=0", "-c", _PROMISE_A_MAIL)
    soon(lambda: (watched.metric("see1_outbox_age_seconds") or 0) > 300)
    soon(lambda: any(words in line["event"] for line in watched.lines("worker")))


def test_a_fault_of_ours(watched: Watched) -> None:
    assert '`"status": 500`, with a `request_id`' in row_of("ServerErrors")
    watched.say("ALTER TABLE bookings_production RENAME TO gone")
    try:
        status, headers, body = watched.get("/api/v1/productions/")
    finally:
        watched.say("ALTER TABLE gone RENAME TO bookings_production")
    assert status == 500
    request_id = headers["X-Request-ID"]
    assert request_id in body.decode(), "whoever calls can name it"
    lines = [line for line in watched.lines("web") if line.get("request_id") == request_id]
    assert [line["status"] for line in lines if line["event"] == "request"] == [500]
    (cause,) = [line["exception"] for line in lines if "exception" in line]
    assert 'relation "bookings_production" does not exist' in cause


_PROMISE_A_MAIL = """
from datetime import timedelta
from django.utils import timezone
from bookings.models import Mail, User
ago = timezone.now() - timedelta(minutes=10)
Mail.objects.create(recipient=User.objects.get(), kind="reminder", once_key="planted", due_at=ago, created_at=ago)
"""
