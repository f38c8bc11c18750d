"""From an empty directory to the first page, then again; and what all of `make run` holds in memory.

The packages' caches (pip's, uv's, npm's) are warm, as on a machine that has installed it before. What is tried is what
is committed, in a directory of its own.

    python -m bench starting           prints the table, writes var/bench/starting.json
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from bench.stage.rows import Table
from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import tied_to_this_process

PATIENCE_S = 600
PAGES = ("/accounts/login/", "/readyz/", "/api/v1/schema/", "/api/v1/docs/")
NOT_TAKEN_ALONG = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SEE1_DATA_DIR", "VIRTUAL_ENV", "PYTHONPATH"}
MB = 1_000_000


def main() -> int:
    table = Table("starting")
    directory = Path(tempfile.mkdtemp(prefix="see1-start-"))
    try:
        _check_out(directory)
        first = _Run(directory)
        first.end()
        again = _Run(directory)
        memory_mb = again.memory_mb()
        again.end()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    table.at_most("empty machine to first page, warm package cache", first.took_s, 60, "s")
    table.at_most("… and again", again.took_s, 6, "s")
    table.at_most("memory: a web worker", memory_mb["web worker"], 150, "MB")
    table.at_most("… all of make run", memory_mb["all"], 800, "MB", "shared pages counted once")
    return table.write()


def _check_out(directory: Path) -> None:
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=PROJECT_DIR, capture_output=True, check=True)  # noqa: S607 - our own command, no input of others
    subprocess.run(["tar", "x"], cwd=directory, input=archive.stdout, check=True)  # noqa: S607 - our own command, no input of others


class _Run:
    """`make run`, waited for until a page is there."""

    def __init__(self, directory: Path) -> None:
        self._port = free_port()
        environment = {name: value for name, value in os.environ.items() if name not in NOT_TAKEN_ALONG}
        began = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments, and no shell
            tied_to_this_process([_bare_python(), "-m", "see1.embedded", "run"], at_death=signal.SIGTERM),
            cwd=directory,
            env=environment | {"PORT": str(self._port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while not self._answers("/accounts/login/"):
            if self._process.poll() is not None or time.monotonic() - began > PATIENCE_S:
                raise RuntimeError(f"make run came to nothing in {directory}")
            time.sleep(0.05)
        self.took_s = time.monotonic() - began

    def _answers(self, path: str) -> bool:
        server = HTTPConnection(LOOPBACK, self._port, timeout=60)
        try:
            server.request("GET", path)
            return server.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            server.close()

    def memory_mb(self) -> dict[str, float]:
        """The largest web worker's resident set, and what all processes hold together."""
        for path in PAGES * 10:
            self._answers(path)
        processes = psutil.Process(self._process.pid).children(recursive=True)
        web = next(each for each in processes if any("gunicorn" in word for word in each.cmdline()))
        workers = [each.memory_info().rss for each in web.children(recursive=True)]
        return {"web worker": max(workers) / MB, "all": sum(each.memory_full_info().pss for each in processes) / MB}

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(60)


def _bare_python() -> str:
    """The Python that the virtual environment was made with."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


if __name__ == "__main__":
    sys.exit(main())
