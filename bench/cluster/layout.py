"""The machines: what runs on each, how each is brought back, and how the primary's place is taken."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2

from bench.cluster.front import Nginx, PgBouncer, listens
from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.postgres import Postgres
from see1.embedded.processes import Process
from see1.embedded.redis_server import RedisServer
from see1.embedded.supervisor import Supervisor

LOOK_EVERY_S = 0.5
MISSED_LOOKS = 4
"""The primary is given up after so many looks in a row without an answer: two seconds."""

_MAKE_KEY = """
from django.utils import timezone
from bookings.keys import make_key
from bookings.models import Membership, Organisation, User
user = User.objects.create_user("load@see1.example", "a long enough password")
organisation = Organisation.objects.create(name="Load")
Membership.objects.create(user=user, organisation=organisation, role="owner")
print(make_key(user=user, organisation=organisation, name="load", at=timezone.now())[1])
"""


class Cluster:
    """`process[name]` is each machine's; whatever dies is started again, save the primary."""

    def __init__(self, directory: Path, say: Callable[[str], None]) -> None:
        self.directory, self.say = directory, say
        self.supervisor = Supervisor(say)
        self.process: dict[str, Process] = {}
        self._lost: set[str] = set()
        self._stopping = threading.Event()
        self._watch: threading.Thread | None = None
        self.promoted_at: float | None = None

    def start(self) -> None:
        logs = self.directory / "log"
        logs.mkdir(parents=True)
        self._primary = Postgres(
            self.directory / "primary", log=logs / "primary.log", settings={"max_connections": "60"}
        )
        redis = RedisServer(self.directory / "redis", log=logs / "redis.log")
        self._run(self._primary.process(), redis.process())
        self._environment = self._settings(redis.url)
        direct = self._environment | {"DATABASE_URL": self._primary.url}
        self.manage("migrate", "--verbosity=0", environment=direct)
        self.manage("load_see1", environment=direct)
        self.key = self.manage("shell", "--verbosity=0", "-c", _MAKE_KEY, environment=direct).split()[-1]
        self._start_replica(logs)
        self._start_front(logs)
        self._watch = threading.Thread(target=self._bring_back, daemon=True)
        self._watch.start()

    def _settings(self, redis_url: str) -> dict[str, str]:
        """Production's own settings, TLS left to whoever stands before nginx."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "see1.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": f"{LOOPBACK},bookings.see1.test",
            "PUBLIC_URL": "https://bookings.see1.test",
            "REDIS_URL": redis_url,
            "DEFAULT_FROM_EMAIL": "SEE-1 <bookings@see1.test>",
            "SECURE_SSL_REDIRECT": "0",
            "API_THROTTLE": "",
            "WEB_CONCURRENCY": "2",
            "DATABASE_POOLED": "1",
        }

    def _start_replica(self, logs: Path) -> None:
        """Synchronous from the moment it is there: what was answered 201 is on both."""
        directory = self.directory / "replica"
        self._replica = Postgres(directory, log=logs / "replica.log", follows=self._primary.url)
        self._run(self._replica.process(), names=["replica"])
        ask(self._primary.url, "ALTER SYSTEM SET synchronous_standby_names = 'replica'", "SELECT pg_reload_conf()")

    def _start_front(self, logs: Path) -> None:
        self.bouncer = PgBouncer(
            self.directory / "pgbouncer", primary_url=self._primary.url, replica_url=self._replica.url
        )
        self._run(self.bouncer.process())
        self._environment |= {
            "DATABASE_URL": self.bouncer.url("see1"),
            "REPLICA_DATABASE_URL": self.bouncer.url("see1_replica"),
        }
        self.web_ports = [free_port(), free_port()]
        self._run(
            *(self._web(f"web{place}", port, logs) for place, port in enumerate(self.web_ports, 1)),
            self._celery("worker-mail", logs, "worker", "--queues=mail,webhooks", *_WORKER),
            self._celery("worker-rest", logs, "worker", "--queues=celery,orbit", *_WORKER),
            *(
                self._celery(name, logs, "beat", "--pidfile=", f"--schedule={self.directory / name}")
                for name in ("beat1", "beat2")
            ),
        )
        self.nginx = Nginx(self.directory / "nginx", self.web_ports)
        self._run(self.nginx.process())
        self.port = self.nginx.port

    def _web(self, name: str, port: int, logs: Path) -> Process:
        command = [sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py", f"--chdir={PROJECT_DIR}"]
        return Process(
            name=name,
            command=[*command, "see1.wsgi:application"],
            log=logs / f"{name}.log",
            environment=self._environment | {"BIND": f"{LOOPBACK}:{port}"},
            is_ready=lambda: listens(port),
        )

    def _celery(self, name: str, logs: Path, *arguments: str) -> Process:
        command = [sys.executable, "-m", "celery", f"--workdir={PROJECT_DIR}", "--app=see1.celery:app", *arguments]
        return Process(name=name, command=command, log=logs / f"{name}.log", environment=self._environment)

    def _run(self, *processes: Process, names: list[str] | None = None) -> None:
        given = names or [{"postgres": "primary"}.get(process.name, process.name) for process in processes]
        for name, process in zip(given, processes, strict=True):
            process.name = name
            self.process[name] = process
        self.supervisor.start(*processes)

    def manage(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        done = subprocess.run(  # noqa: S603 - our own arguments, and no shell
            command, cwd=PROJECT_DIR, env=environment or self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def kill(self, name: str) -> None:
        """Without a word, and everything it started with it."""
        if name == "primary":
            self._lost.add(name)
        self.say(f"kill -9 {name}")
        self.process[name].kill_group()

    def _bring_back(self) -> None:
        """What systemd does on each machine, and what watches the primary."""
        missed = 0
        while not self._stopping.wait(LOOK_EVERY_S):
            for name, process in self.process.items():
                if name not in self._lost and process.exit_code() is not None:
                    process.kill_group()
                    process.start()
                    self.say(f"{name} is started again")
            if self.promoted_at is None:
                missed = 0 if answers(self._primary.url) else missed + 1
                if missed >= MISSED_LOOKS:
                    self._promote()

    def _promote(self) -> None:
        ask(self._replica.url, "SELECT pg_promote(true, 30)")
        self.bouncer.point_to(self._replica.url, self.process["pgbouncer"])
        self.promoted_at = time.monotonic()
        self.say("the replica is the primary now, and PgBouncer leads to it")

    @property
    def database_url(self) -> str:
        """The server that decides now, without the pool."""
        return self._primary.url if self.promoted_at is None else self._replica.url

    def cpu_seconds(self) -> dict[str, float]:
        """So far, by machine, with all that each started."""
        return {name: cpu_s(process.pid) for name, process in self.process.items() if name not in self._lost}

    def stop(self) -> None:
        self._stopping.set()
        if self._watch is not None:
            self._watch.join(timeout=60)
        self.supervisor.stop()


_WORKER = ["--concurrency=1", "--loglevel=INFO", "--without-gossip", "--without-mingle"]


def cpu_s(pid: int) -> float:
    """Seconds of processor time so far, of a process and all that it started and that still run."""
    total = 0.0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                times = each.cpu_times()
                total += times.user + times.system
    return total


def ask(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement, each on its own and at once."""
    connection = psycopg2.connect(url, connect_timeout=3)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def answers(url: str) -> bool:
    try:
        return bool(ask(url, "SELECT 1"))
    except psycopg2.Error:
        return False
