"""`make run`: PostgreSQL, Redis, web, Celery worker and beat, held together until Ctrl-C or SIGTERM.

One runner per data directory: it holds a lock there as long as it lives, and the kernel drops the lock
with it.
"""

import fcntl
import http.client
import os
import secrets
import sys
from pathlib import Path
from typing import TextIO

from see1.embedded.demo import LOG_INS, demo_wanted
from see1.embedded.discovery import ServiceUrls, data_dir, forget_services, write_services
from see1.embedded.ports import LOOPBACK, listening_socket, port_number
from see1.embedded.postgres import Postgres
from see1.embedded.processes import Process, StackError
from see1.embedded.redis_server import RedisServer
from see1.embedded.supervisor import StopAskedError, Supervisor

APPLICATION = "see1_app"
"""The role of web, worker and beat in the embedded database. Its password is another at each start."""


def main() -> None:
    supervisor = Supervisor(_say)
    supervisor.listen_to_signals()
    try:
        Stack(data_dir(), port_number(os.environ.get("PORT") or "8000"), supervisor).run()
    except StopAskedError:
        _say("Stopped.")
    except StackError as error:
        sys.exit(str(error))


class Stack:
    def __init__(self, directory: Path, port: int, supervisor: Supervisor) -> None:
        self._directory = directory.resolve()
        self._port = port
        self._url = f"http://{LOOPBACK}:{port}"
        self._supervisor = supervisor
        self._logs = self._directory / "log"
        self._application_url = ""

    def run(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        with _lock(self._directory), listening_socket(self._port) as listener:
            self._logs.mkdir(mode=0o700, exist_ok=True)
            try:
                self._run(listener.fileno())
            finally:
                self._supervisor.stop()
                forget_services(self._directory)

    def _run(self, listener: int) -> None:
        urls = self._start_services()
        write_services(self._directory, urls)
        self._environment = self._environment_with(urls)
        application = os.environ.get("APPLICATION_DATABASE_URL") or self._application_url
        self._environment["APPLICATION_DATABASE_URL"] = application
        self._supervisor.run_to_end(self._python("prepare", "see1.embedded.prepare"))
        if application:  # the tables are the owner's, who migrates
            self._environment |= {"DATABASE_URL": application, "APPLICATION_DATABASE_URL": ""}
        self._supervisor.start(self._web(listener), self._worker(), self._beat())
        self._greet()
        self._supervisor.watch()

    def _start_services(self) -> ServiceUrls:
        database_url, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
        services: list[Process] = []
        if not database_url:
            postgres = Postgres(self._directory / "postgres", log=self._log("postgres"))
            services.append(postgres.process())
            database_url = postgres.url
            self._application_url = postgres.url_of(APPLICATION, secrets.token_urlsafe(24))
        if not redis_url:
            redis = RedisServer(self._directory / "redis", log=self._log("redis"))
            services.append(redis.process())
            redis_url = redis.url
        self._supervisor.start(*services)
        return ServiceUrls(database_url=database_url, redis_url=redis_url)

    def _web(self, listener: int) -> Process:
        process = self._python("web", "gunicorn", *_WEB, f"--bind=fd://{listener}", "see1.wsgi:application")
        process.descriptors = [listener]
        process.is_ready = self._web_answers
        return process

    def _worker(self) -> Process:
        return self._python("worker", "celery", "--app=see1.celery:app", "worker", *_WORKER)

    def _beat(self) -> Process:
        schedule = f"--schedule={self._directory / 'beat-schedule'}"
        return self._python("beat", "celery", "--app=see1.celery:app", "beat", "--pidfile=", schedule)

    def _python(self, name: str, module: str, *arguments: str) -> Process:
        command = [sys.executable, "-m", module, *arguments]
        return Process(name=name, command=command, log=self._log(name), environment=self._environment)

    def _environment_with(self, urls: ServiceUrls) -> dict[str, str]:
        defaults = {
            "DJANGO_SETTINGS_MODULE": "see1.settings.dev",
            "PUBLIC_URL": self._url,
            "SEE1_DEMO": "1" if demo_wanted() else "0",
        }
        found = {"DATABASE_URL": urls.database_url or "", "REDIS_URL": urls.redis_url or ""}
        own = {"SEE1_DATA_DIR": str(self._directory), "PYTHONUNBUFFERED": "1"}
        return {**defaults, **os.environ, **found, **own}

    def _log(self, name: str) -> Path:
        """Each start writes a new log; the one before is kept."""
        log = self._logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.old"))
        return log

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=5)
        try:
            connection.request("GET", "/healthz/")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _greet(self) -> None:
        _say(f"\nSEE-1 Bookings is running: {self._url}/")
        _say(f"Passkeys need a name:        http://localhost:{self._port}/")
        if demo_wanted():
            _say(LOG_INS)
        else:
            _say("No demo. The first of staff is made by: .venv/bin/python manage.py createsuperuser")
        _say(f"Logs in {self._logs}. Ctrl-C stops everything.")


_WEB = [
    "--workers=2",
    "--threads=4",
    "--preload",
    "--graceful-timeout=5",
    "--no-control-socket",
    "--limit-request-line=8190",  # what is too long for gunicorn is refused in HTML
]
_WORKER = ["--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle"]


def _lock(directory: Path) -> TextIO:
    lock = (directory / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        raise StackError(
            f"SEE-1 Bookings is already running in {directory} (process {lock.read().strip()}). "
            "Stop it first, or choose another directory with SEE1_DATA_DIR=…"
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
