"""`python manage.py restore FILE`: the database as a backup has it, all or nothing.

What the backup says of mails is what was so when it was made. Those that were due after it and went out before the
old server was lost would go out again; `--lost-at` names that instant, and what was due before it counts as sent.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils.dateparse import parse_datetime

from bookings.models import Mail
from see1 import database_roles, postgres_tools

TAKEN_AS_SENT = "Taken as sent: it was due before the server that the backup is of was lost."


class Command(BaseCommand):
    help = "Restore the database from FILE, into an empty one or, with --replace, over what is there."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="drop what the database has now")
        parser.add_argument(
            "--lost-at",
            type=_instant,
            metavar="INSTANT",
            help="mails due before this went out already: 2027-03-04T10:00Z",
        )

    def handle(self, *args: Any, file: Path, replace: bool, lost_at: datetime | None, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"{file} is no file.")
        if not replace and _has_tables():
            raise CommandError("The database is not empty. Name an empty one in DATABASE_URL, or say --replace.")
        cleaning = ["--clean", "--if-exists"] if replace else []
        arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", *cleaning]
        into = f"--dbname={connection.settings_dict['NAME']}"
        try:
            postgres_tools.run("pg_restore", *arguments, into, str(file), database=connection.settings_dict)
        except postgres_tools.ToolError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        with connection.cursor() as cursor:
            database_roles.seal(cursor)
        self.stdout.write(f"{file} is restored. If the code is newer: python3 manage.py migrate")
        if lost_at is not None:
            self.stdout.write(f"{_take_as_sent(lost_at)} mails that were due before {lost_at} count as sent.")


def _has_tables() -> bool:
    try:
        return bool(connection.introspection.table_names())
    except DatabaseError as error:
        raise CommandError(f"The database cannot be reached: {error}") from error


def _take_as_sent(lost_at: datetime) -> int:
    due = Mail.objects.filter(state=Mail.State.PENDING, due_at__lt=lost_at)
    return due.update(state=Mail.State.SENT, last_error=TAKEN_AS_SENT)


def _instant(text: str) -> datetime:
    instant = parse_datetime(text)
    if instant is None or instant.tzinfo is None:
        raise ValueError(f"{text} is no instant with an offset, as 2027-03-04T10:00Z is")
    return instant
