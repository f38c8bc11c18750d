"""The whole application in one place, each process brought back when it dies, as systemd would."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import psycopg2

from bench.stage.server import Server
from see1.embedded.processes import Process
from tests.smtp_sink import Sink

LOOK_EVERY_S = 0.3
DISK_MIB = 1024


class Stack(Server):
    """gunicorn, a worker, a beat, PostgreSQL on a small disk of its own where one can be mounted, and a mail server."""

    def __init__(self) -> None:
        super().__init__()
        self.sink = Sink()
        self._resting: set[str] = set()
        self._stopping = threading.Event()

    def _start(self) -> None:
        self.has_small_disk = self._mount()
        self._exit.enter_context(self.sink)
        super()._start()
        self.clock = self.directory / "clock"
        self.step_clock(0)
        self.environment |= {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.sink.port),
            "EMAIL_TIMEOUT": "5",
            "DUE_EVERY_S": "1",
            "LOG_LEVEL": "INFO",
            "BENCH_CLOCK": str(self.clock),
        }
        self.run(self.web(), self.worker(), self.beat())
        watch = threading.Thread(target=self._bring_back, daemon=True)
        watch.start()
        self._exit.callback(watch.join, 60)
        self._exit.callback(self._stopping.set)

    def step_clock(self, seconds: int) -> None:
        """Every process but PostgreSQL and Redis is so far off from now on."""
        new = self.clock.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.clock)

    def _mount(self) -> bool:
        """A disk that can be filled without filling anybody else's."""
        place = self.directory / "disk"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=755", "tmpfs", str(place)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603 - our own command, no input of others
            return False
        self._exit.callback(subprocess.run, ["umount", "-l", str(place)], capture_output=True, check=False)
        self.postgres_directory = place / "postgres"
        return True

    def _bring_back(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            for name, process in list(self.process.items()):
                if name not in self._resting and process.exit_code() is not None:
                    process.kill_group()
                    process.start()

    def kill(self, name: str) -> None:
        """Without a word, with all it started; it comes back at once."""
        self.process[name].kill_group()

    @contextmanager
    def away(self, name: str) -> Iterator[None]:
        """Killed, and not brought back before the block ends."""
        self._resting.add(name)
        self.kill(name)
        try:
            yield
        finally:
            self._resting.discard(name)

    def kill_one_web_worker(self) -> None:
        psutil.Process(self.process["web"].pid).children()[0].kill()

    def add(self, process: Process) -> None:
        self.run(process)

    def take_away(self, name: str) -> None:
        process = self.process.pop(name)
        process.kill_group()

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Until PostgreSQL is there to answer."""
        return until_it_answers(lambda: self.sql(statement))


def until_it_answers(ask: Callable[[], list[tuple[Any, ...]]], patience_s: float = 60) -> list[tuple[Any, ...]]:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        with suppress(psycopg2.Error):
            return ask()
        time.sleep(0.3)
    return ask()
