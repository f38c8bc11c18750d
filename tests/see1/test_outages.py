"""PostgreSQL goes away under a real web server and comes back: 503 that says when to try again, then as before.

And Redis goes away: everything works on, and nobody waits for it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.postgres import Postgres
from see1.embedded.processes import Process
from see1.embedded.redis_server import RedisServer
from see1.embedded.supervisor import Supervisor
from see1.middleware.outages import OutageMiddleware

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("outages")]
SOON_S = 30.0


class Installation:
    """Its own PostgreSQL, Redis and gunicorn, in production's manner but for https."""

    def __init__(self, directory: Path, supervisor: Supervisor, **environment: str) -> None:
        self.supervisor = supervisor
        self._directory = directory
        postgres = Postgres(directory / "postgres", log=directory / "postgres.log")
        redis = RedisServer(directory / "redis", log=directory / "redis.log")
        self.postgres, self.redis = postgres.process(), redis.process()
        self.supervisor.start(self.postgres, self.redis)
        self.port = free_port()
        self.environment = os.environ | {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "DJANGO_SETTINGS_MODULE": "see1.settings.test",
            **environment,
        }
        self.manage("migrate", "--verbosity=0")
        self.manage("load_see1")
        self.key = self.manage("shell", "--verbosity=0", "-c", _MAKE_KEY).strip().splitlines()[-1]
        self.supervisor.start(self._web())

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT_DIR, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(LOOPBACK, self.port, timeout=20)
        headers = {"Host": "localhost", "Authorization": f"Bearer {self.key}"}
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def recovers(self, path: str) -> bool:
        deadline = time.monotonic() + SOON_S
        while time.monotonic() < deadline:
            if self.get(path)[0] == 200:
                return True
            time.sleep(0.1)
        return False

    def _web(self) -> Process:
        options = ["--workers=1", "--threads=2", f"--bind={LOOPBACK}:{self.port}", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", *options, "see1.wsgi:application"]
        return Process(
            name="web",
            command=command,
            log=self._directory / "web.log",
            environment=self.environment,
            is_ready=self._answers,
        )

    def _answers(self) -> bool:
        try:
            return self.get("/healthz/")[0] == 200
        except (OSError, HTTPException):
            return False


_MAKE_KEY = """
from django.utils import timezone
from bookings.keys import make_key
from bookings.models import User
user = User.objects.create_user("staff@see1.example", "a long enough password", is_staff=True, is_superuser=True)
print(make_key(user=user, organisation=None, name="outage", at=timezone.now())[1])
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("outage")
    directory.chmod(0o755)
    supervisor = Supervisor(print)
    try:
        yield Installation(directory, supervisor)
    finally:
        supervisor.stop()


def stop(process: Process) -> None:
    process.ask_to_stop()
    process.wait_until_stopped(15)


def start(process: Process) -> None:
    process.start()
    deadline = time.monotonic() + SOON_S
    while not process.is_ready():
        assert time.monotonic() < deadline, process.log_tail()
        time.sleep(0.05)


class TestWithoutPostgreSQL:
    def test_503_with_when_to_try_again_then_as_before(self, installation: Installation) -> None:
        assert installation.get("/api/v1/bookings/")[0] == 200
        stop(installation.postgres)
        try:
            for _ in range(4):  # every thread of the server, with its connection still open and without
                status, headers, body = installation.get("/api/v1/bookings/")
                assert (status, headers["Content-Type"]) == (503, "application/problem+json"), body
                assert int(headers["Retry-After"]) > 0
                problem = json.loads(body)
                assert problem["code"] == "unavailable"
                assert problem["request_id"] == headers["X-Request-ID"]
            status, headers, body = installation.get("/calendar/modules/see-1.ics")
            assert (status, headers["Content-Type"]) == (503, "text/html; charset=utf-8")
            assert headers["X-Request-ID"].encode() in body
            assert installation.get("/healthz/")[0] == 200
            assert installation.get("/readyz/")[0] == 503
        finally:
            start(installation.postgres)
        assert installation.recovers("/api/v1/bookings/")

    def test_connections_cut_one_by_one_are_not_even_noticed(self, installation: Installation) -> None:
        assert installation.recovers("/api/v1/bookings/")
        for _ in range(3):
            installation.manage("shell", "--verbosity=0", "-c", _CUT)
            assert installation.get("/api/v1/bookings/")[0] == 200


_CUT = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
"""


class TestWithoutRedis:
    def test_calls_are_answered_and_nobody_waits(self, installation: Installation) -> None:
        stop(installation.redis)
        try:
            assert installation.get("/api/v1/bookings/")[0] == 200
            assert installation.get("/calendar/modules/see-1.ics")[0] == 200
            assert json.loads(installation.get("/readyz/")[2])["broker"] == "unreachable"
        finally:
            start(installation.redis)

    def test_one_that_hangs_costs_a_moment_only(self, db: None, settings: Any) -> None:
        """It takes the connection and never answers; what is cached is done without, within its time-out."""
        with socket.create_server((LOOPBACK, 0)) as silent:
            url = f"redis://{LOOPBACK}:{silent.getsockname()[1]}/0"
            settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": url}}
            settings.LOG_IN_TRIES_PER_ACCOUNT = 3
            answer = Client().post("/accounts/login/", {"login": "a@b.example", "password": "wrong"})
        assert answer.status_code == 200


class TestFailuresElsewhere:
    """What fails outside a view, where Django answers 500 before anyone sees the exception."""

    @pytest.mark.parametrize(("path", "kind"), [("/api/v1/bookings/", "application/problem+json"), ("/", "text/html")])
    def test_in_a_middleware(self, monkeypatch: pytest.MonkeyPatch, db: None, path: str, kind: str) -> None:
        monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", _lose)
        answer = Client(raise_request_exception=False).get(path)
        assert answer.status_code == 503
        assert answer["Retry-After"]
        assert answer["Content-Type"].startswith(kind)
        assert answer["X-Request-ID"]

    def test_a_fault_of_ours_stays_one(self, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
        monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", _err)
        client = Client(raise_request_exception=False)
        page, problem = client.get("/"), client.get("/api/v1/bookings/")
        assert page.status_code == problem.status_code == 500
        assert page["X-Request-ID"] in page.content.decode()
        assert problem.json()["request_id"] == problem["X-Request-ID"]

    def test_other_exceptions_of_a_view_are_left_to_others(self, rf: RequestFactory) -> None:
        assert OutageMiddleware(lambda request: None).process_exception(rf.get("/"), ValueError()) is None


def _lose(*_: Any) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def _err(*_: Any) -> None:
    raise RuntimeError("a fault of ours")
