"""`python manage.py backup FILE`: everything in the database, as it was at one instant, while people book on."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from see1 import postgres_tools


class Command(BaseCommand):
    help = "Write a backup of the database to FILE, readable by its owner only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} is there already: name another file, or move that one away.")
        new = file.with_name(f".{file.name}.new")
        try:
            _write(new)
        except (OSError, postgres_tools.ToolError) as error:
            new.unlink(missing_ok=True)
            raise CommandError(f"Nothing was written. {error}") from error
        new.rename(file)
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes. Try it: python3 manage.py restore {file}")


def _write(new: Path) -> None:
    """Whole and on the disk, or not at all under the name that was asked for."""
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    connection.ensure_connection()
    postgres_tools.run(
        "pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={new}", database=connection.settings_dict
    )
    with new.open("rb") as written:
        os.fsync(written.fileno())
