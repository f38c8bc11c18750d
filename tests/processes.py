"""The application's own processes, started on the test's database: to be killed without a word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

import psutil
from django.db import connection

from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import tied_to_this_process

PATIENCE_S = 90


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


class Running:
    """One process and all it starts, in a group of its own."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], directory: Path) -> None:
        self.log = directory / f"{name}-{time.monotonic_ns()}.log"
        command = [sys.executable, "-m", *arguments]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                tied_to_this_process(command, at_death=signal.SIGKILL),
                cwd=PROJECT_DIR,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_it_says(self, words: str) -> Running:
        wait_for(lambda: words in self.said or self._process.poll() is not None, f"“{words}”")
        assert words in self.said, self.said
        return self

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children()

    def kill_all(self) -> None:
        """SIGKILL, to it and to all it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE_S)


class Processes:
    """Starts them, and kills at the end whatever is still there."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self._directory = directory
        self._exit = ExitStack()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "see1.settings.dev",
            "DATABASE_URL": database_url(),
            "SEE1_DATA_DIR": str(directory),
            "SEE1_DEMO": "0",
            "DUE_EVERY_S": "1",
            **environment,
        }

    def close(self) -> None:
        self._exit.close()

    def _start(self, name: str, *arguments: str) -> Running:
        running = Running(name, list(arguments), self.environment, self._directory)
        self._exit.callback(running.kill_all)
        return running

    def worker(self) -> Running:
        options = ("--concurrency=1", "--loglevel=INFO", "--without-gossip", "--without-mingle")
        return self._start("worker", "celery", "--app=see1.celery:app", "worker", *options)

    def beat(self) -> Running:
        schedule = f"--schedule={self._directory / f'beat-{time.monotonic_ns()}'}"
        return self._start("beat", "celery", "--app=see1.celery:app", "beat", "--pidfile=", schedule)

    def web(self, workers: int, threads: int) -> tuple[Running, int]:
        port = free_port()
        options = (f"--bind={LOOPBACK}:{port}", f"--workers={workers}", f"--threads={threads}", "--no-control-socket")
        web = self._start("web", "gunicorn", *options, "--preload", "see1.wsgi:application")
        wait_for(lambda: answers(port), "the web server")
        return web, port


def answers(port: int) -> bool:
    server = HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        server.request("GET", "/healthz/")
        return server.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        server.close()


def database_url() -> str:
    """The database that this test's rows are in."""
    its = connection.settings_dict
    host = quote(str(its["HOST"]), safe="")
    return f"postgresql://{its['USER']}:{quote(str(its['PASSWORD']))}@{host}:{its['PORT']}/{its['NAME']}"
