"""A real `make run` in a directory and on a port of its own, for the tests that need everything."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

import psutil

from see1.embedded.discovery import PROJECT_DIR, SERVICES_FILE
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import tied_to_this_process

_COUNTER = count()

# The suite's own, which a stack must not see.
SUITE_ONLY = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SEE1_DATA_DIR"}


class RunningStack:
    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = int(environment.setdefault("PORT", str(free_port())))
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.output_file = data_dir.parent / f"output-{next(_COUNTER)}"
        own = {name: value for name, value in os.environ.items() if name not in SUITE_ONLY}
        self.environment = own | {"SEE1_DATA_DIR": str(data_dir)} | environment
        command = [sys.executable, "-m", "see1.embedded", "run", "--no-venv"]
        with self.output_file.open("ab") as output:
            self.runner = subprocess.Popen(
                tied_to_this_process(command, at_death=signal.SIGTERM),
                cwd=PROJECT_DIR,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    def wait_until_greeting(self, timeout: float = 90) -> "RunningStack":
        self.wait_for(lambda: "Ctrl-C stops" in self.output, timeout)
        return self

    def wait_for(self, condition: Callable[[], bool], timeout: float = 30) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            assert self.runner.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def status(self, path: str = "/healthz/") -> int | None:
        """None where nothing answers."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def services(self) -> dict[str, str]:
        content: dict[str, str] = json.loads((self.data_dir / SERVICES_FILE).read_text())
        return content

    def children(self) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(self.runner.pid).children(recursive=True)
        return found

    def leader(self, mark: str) -> psutil.Process:
        """The runner's own child whose command line has `mark` in it."""
        direct = psutil.Process(self.runner.pid).children()
        return next(child for child in direct if mark in " ".join(child.cmdline()))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.runner.poll() is None:
            self.runner.send_signal(number)
        return self.runner.wait(60)

    def manage(self, *arguments: str) -> str:
        """`python manage.py …` in a second terminal."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT_DIR, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout
