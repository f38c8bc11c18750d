"""A real streaming replica: what may lag comes from it, who has just written does not, and nobody misses it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import psycopg2
import pytest

from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.postgres import Postgres
from see1.embedded.processes import Process
from see1.embedded.supervisor import Supervisor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("replica")]
FEED = "/calendar/modules/see-1.ics"
SOON_S = 30.0


class Pair:
    """A primary, its replica, and a web server that knows both."""

    def __init__(self, directory: Path, supervisor: Supervisor) -> None:
        quick = {"fsync": "off"}
        primary = Postgres(directory / "primary", log=directory / "primary.log", settings=quick)
        supervisor.start(primary.process())
        self.primary_url = primary.url
        self.environment = os.environ | {"DATABASE_URL": primary.url, "DJANGO_SETTINGS_MODULE": "see1.settings.test"}
        for command in (["migrate", "--verbosity=0"], ["load_see1"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT_DIR, env=self.environment, check=True)
        replica = Postgres(directory / "replica", log=directory / "replica.log", settings=quick, follows=primary.url)
        self.replica = replica.process()
        supervisor.start(self.replica)
        self.replica_url = replica.url
        self.environment |= {"REPLICA_DATABASE_URL": replica.url, "REPLICA_MAX_LAG_S": "3"}
        self.port = free_port()
        supervisor.start(self._web(directory))

    def _web(self, directory: Path) -> Process:
        command = [sys.executable, "-m", "gunicorn", "--threads=2", f"--bind={LOOPBACK}:{self.port}"]
        return Process(
            name="web",
            command=[*command, "--no-control-socket", f"--chdir={PROJECT_DIR}", "see1.wsgi:application"],
            log=directory / "web.log",
            environment=self.environment,
            is_ready=lambda: self.shows("VCALENDAR"),
        )

    def shows(self, text: str, **headers: str) -> bool:
        connection = HTTPConnection(LOOPBACK, self.port, timeout=20)
        try:
            connection.request("GET", FEED, headers={"Host": "localhost"} | headers)
            answer = connection.getresponse()
            return answer.status == 200 and text in answer.read().decode()
        except OSError:
            return False
        finally:
            connection.close()

    def say(self, url: str, sql: str, *values: str) -> None:
        connection = psycopg2.connect(url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values)
        finally:
            connection.close()

    def rename(self, name: str) -> None:
        self.say(self.primary_url, "UPDATE modules_module SET name = %s", name)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    supervisor = Supervisor(print)
    try:
        yield Pair(tmp_path_factory.mktemp("pair"), supervisor)
    finally:
        supervisor.stop()


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_what_may_lag_comes_from_the_replica(pair: Pair) -> None:
    pair.rename("First name")
    assert soon(lambda: pair.shows("First name"))
    pair.say(pair.replica_url, "SELECT pg_wal_replay_pause()")
    pair.rename("Second name")
    assert not pair.shows("Second name"), "the replica stands still, and it is the replica that is read"
    assert pair.shows("Second name", Cookie="see1_wrote=1"), "who has just written reads the primary"
    pair.say(pair.replica_url, "SELECT pg_wal_replay_resume()")
    assert soon(lambda: pair.shows("Second name"))


def test_a_replica_that_falls_too_far_behind_is_not_asked(pair: Pair) -> None:
    pair.say(pair.replica_url, "SELECT pg_wal_replay_pause()")
    pair.rename("Third name")
    assert soon(lambda: pair.shows("Third name")), "after REPLICA_MAX_LAG_S the primary is read"
    pair.say(pair.replica_url, "SELECT pg_wal_replay_resume()")


def test_without_the_replica_the_primary_answers(pair: Pair) -> None:
    pair.rename("Fourth name")
    pair.replica.kill_group()
    assert soon(lambda: pair.shows("Fourth name"))
    pair.rename("Fifth name")
    assert soon(lambda: pair.shows("Fifth name"))
