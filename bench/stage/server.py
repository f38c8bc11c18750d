"""PostgreSQL, Redis and gunicorn as production has them: its settings, durable writes, four workers."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from bench.cluster.layout import ask, cpu_s
from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.postgres import Postgres
from see1.embedded.processes import Process
from see1.embedded.redis_server import RedisServer
from see1.embedded.supervisor import Supervisor
from tests.processes import answers

WORKERS = 4
WORKER = ("--loglevel=WARNING", "--without-gossip", "--without-mingle")

_CALLER = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from bookings.keys import make_key
from bookings.models import Membership, Organisation, Production, User
user = User.objects.create_user("bench@see1.example", "a long enough password")
organisation = Organisation.objects.create(name="Bench")
Membership.objects.create(user=user, organisation=organisation, role="owner")
production = Production.objects.create(
    organisation=organisation, title="Bench", activity="music", created_at=timezone.now()
)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
key = make_key(user=user, organisation=organisation, name="bench", at=timezone.now())[1]
print(key, production.pk, session.session_key)
"""


class Server:
    """Runs inside `with`; `key`, `production` and `session` are a partner's who may book."""

    def __init__(
        self, *, workers: int = WORKERS, postgres: dict[str, str] | None = None, say: Callable[[str], None] = print
    ) -> None:
        self._exit = ExitStack()
        self._workers, self._postgres_settings, self._say = workers, postgres or {}, say
        self.process: dict[str, Process] = {}

    def __enter__(self) -> Self:
        self.directory = Path(tempfile.mkdtemp(prefix="see1-stage-"))
        self._exit.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self.directory.chmod(0o755)
        self.supervisor = Supervisor(lambda line: None)
        self._exit.callback(self.supervisor.stop)
        try:
            self._start()
        except BaseException:
            self._exit.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def _start(self) -> None:
        self.postgres_directory = getattr(self, "postgres_directory", self.directory / "postgres")
        postgres = Postgres(
            self.postgres_directory, log=self.directory / "postgres.log", settings=self._postgres_settings
        )
        redis = RedisServer(self.directory / "redis", log=self.directory / "redis.log")
        self.run(postgres.process(), redis.process())
        self.database_url, self.redis_url = postgres.url, redis.url
        self.port = free_port()
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "bench.stage.settings",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": f"{LOOPBACK},bookings.see1.test",
            "PUBLIC_URL": "https://bookings.see1.test",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DEFAULT_FROM_EMAIL": "SEE-1 <bookings@see1.test>",
            "SECURE_SSL_REDIRECT": "0",
            "API_THROTTLE": "",
            "LOG_LEVEL": "WARNING",
            "SEE1_DEMO": "0",
            "WEB_CONCURRENCY": str(self._workers),
            "BIND": f"{LOOPBACK}:{self.port}",
            "SEE1_DATA_DIR": str(self.directory),
        }
        self.manage("migrate", "--verbosity=0")
        self.manage("load_see1")
        self.key, self.production, self.session = self.manage("shell", "--verbosity=0", "-c", _CALLER).split()[-3:]

    def run(self, *processes: Process) -> None:
        """Start them and wait until they are ready."""
        for process in processes:
            self.process[process.name] = process
        self.supervisor.start(*processes)

    def web(self, **environment: str) -> Process:
        """gunicorn, as deploy/ runs it."""
        command = [sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py", f"--chdir={PROJECT_DIR}"]
        return self._process("web", [*command, "see1.wsgi:application"], lambda: answers(self.port), **environment)

    def worker(self, *, concurrency: int = 1, **environment: str) -> Process:
        command = [*_CELERY, "worker", f"--concurrency={concurrency}", *WORKER]
        return self._process("worker", command, None, **environment)

    def beat(self, name: str = "beat", **environment: str) -> Process:
        schedule = f"--schedule={self.directory / name}"
        return self._process(name, [*_CELERY, "beat", "--pidfile=", schedule], None, **environment)

    def _process(
        self, name: str, command: list[str], is_ready: Callable[[], bool] | None, **environment: str
    ) -> Process:
        process = Process(
            name=name,
            command=command,
            log=self.directory / f"{name}.log",
            environment=self.environment | environment,
        )
        if is_ready is not None:
            process.is_ready = is_ready
        return process

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own arguments, and no shell
            [sys.executable, "-W", "ignore", "manage.py", *arguments],
            cwd=PROJECT_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def cpu_seconds(self) -> dict[str, float]:
        """So far, by process with all that it started; and this one, which is the clients."""
        return {name: cpu_s(process.pid) for name, process in self.process.items()} | {"client": time.process_time()}

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last one."""
        return ask(self.database_url, *statements)


_CELERY = [sys.executable, "-m", "celery", f"--workdir={PROJECT_DIR}", "--app=see1.celery:app"]
