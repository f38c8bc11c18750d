"""A backup taken while people book, restored into a new database: nothing double, nothing lost, nothing sent twice."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from bookings import delivery
from bookings.exceptions import Refusal
from bookings.models import Booking, Mail
from bookings.states import Status
from see1 import postgres_tools
from see1.embedded.discovery import PROJECT_DIR
from tests.world import NOW, World, build, span

RESTORED = "see1_restored"
BOOKERS, EACH = 4, 15

BROKEN_WHERE = {
    "two occupants of a zone at one instant": """
        SELECT 1 FROM bookings_claim a JOIN bookings_claim b
        ON a.id < b.id AND a.zone_id = b.zone_id AND a.rank = b.rank AND a.period && b.period""",
    "a claim of another rank than its booking": """
        SELECT 1 FROM bookings_claim c JOIN bookings_booking b ON b.id = c.booking_id
        WHERE c.rank IS DISTINCT FROM b.rank AND b.status IN ('held', 'requested', 'confirmed')""",
    "a booking without a claim": """
        SELECT 1 FROM bookings_booking b WHERE NOT EXISTS (SELECT 1 FROM bookings_claim c WHERE c.booking_id = b.id)""",
    "a hold that waits behind nobody": """
        SELECT 1 FROM bookings_claim c WHERE c.rank > 1 AND NOT EXISTS (
            SELECT 1 FROM bookings_claim f
            WHERE f.rank = c.rank - 1 AND f.zone_id = c.zone_id AND f.period && c.period)""",
    "a history that does not lead to the state": """
        SELECT 1 FROM bookings_booking b WHERE b.status IS DISTINCT FROM (
            SELECT t.to_status FROM bookings_transition t WHERE t.booking_id = b.id ORDER BY t.id DESC LIMIT 1)""",
    "a request without its reminders": """
        SELECT 1 FROM bookings_booking b WHERE b.status = 'requested' AND 4 <> (
            SELECT count(*) FROM bookings_mail m
            WHERE m.booking_id = b.id AND m.kind LIKE 'reminder%' AND m.state IN ('pending', 'sent'))""",
    "a guarantee that is gone": """
        SELECT 1 WHERE NOT EXISTS (
            SELECT 1 FROM pg_constraint WHERE conname = 'claim_is_alone_at_its_rank' AND contype = 'x')""",
}


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[str]:
    """The address of a new database on the suite's server."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {RESTORED}_{os.getpid()}")
        cursor.execute(f"CREATE DATABASE {RESTORED}_{os.getpid()}")
    parts = urlsplit(os.environ["DATABASE_URL"])
    yield urlunsplit(parts._replace(path=f"/{RESTORED}_{os.getpid()}"))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {RESTORED}_{os.getpid()} WITH (FORCE)")


@pytest.fixture
def backup(transactional_db: None, tmp_path: Path) -> tuple[World, Path]:
    """Taken while four people book, some of whose mails went out before."""
    world = build()
    for day in range(1, 4):
        world.reserve(span(f"05-0{day} 10:00"), zones=("studio",), status=Status.REQUESTED)
    delivery.deliver_due(at=NOW)
    delivery.deliver_due(at=span("05-01 10:00").starts_at - timedelta(days=29))
    file = tmp_path / "see1.backup"
    with ThreadPoolExecutor(BOOKERS) as pool:
        bookers = [pool.submit(_book_on, world, booker) for booker in range(BOOKERS)]
        while Booking.objects.count() < 3 + BOOKERS:
            pass
        call_command("backup", str(file))
        assert sum(booker.result() for booker in bookers) > BOOKERS
    return world, file


def _book_on(world: World, booker: int) -> int:
    """Hold, request and collide, each booker over the same days."""
    done = 0
    try:
        for number in range(EACH):
            status = Status.HELD if (number + booker) % 3 else Status.REQUESTED
            try:
                world.reserve(
                    span(f"04-{1 + number:02} {10 + booker % 2}:00"),
                    by=world.ours if booker % 2 else world.theirs,
                    status=status,
                )
                done += 1
            except Refusal:
                continue
    finally:
        connection.close()
    return done


def manage(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "see1.settings.test"}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *arguments],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg2.connect(url) as there, there.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchall()
    there.close()
    return found


_DELIVER = """
from datetime import datetime
from django.core import mail
from django.core.mail import get_connection
from bookings import delivery
get_connection().open()
delivery.deliver_due(at=datetime.fromisoformat("{at}"))
print(*(message.extra_headers["Message-ID"] for message in getattr(mail, "outbox", [])), sep="\\n")
"""


class TestRestored:
    def test_every_invariant_holds_and_mails_neither_vanish_nor_go_out_again(
        self, backup: tuple[World, Path], empty_database: str
    ) -> None:
        _, file = backup
        done = manage(empty_database, "restore", str(file))
        assert done.returncode == 0, done.stderr
        broken = {name for name, sql in BROKEN_WHERE.items() if rows(empty_database, sql)}
        assert broken == set()
        assert rows(empty_database, "SELECT count(*) FROM bookings_booking")[0][0] >= 3 + BOOKERS
        sent = {row[0] for row in rows(empty_database, "SELECT message_id::text FROM bookings_mail WHERE state='sent'")}
        pending = {
            row[0] for row in rows(empty_database, "SELECT message_id::text FROM bookings_mail WHERE state='pending'")
        }
        assert sent == {
            str(row) for row in Mail.objects.filter(state=Mail.State.SENT).values_list("message_id", flat=True)
        }
        assert len(sent) >= 4
        told = manage(empty_database, "shell", "--verbosity=0", "-c", _DELIVER.format(at="2027-04-30T00:00:00+00:00"))
        ids = [line.strip("<>").partition("@")[0] for line in told.stdout.split()]
        assert len(ids) == len(set(ids)) > 0, told.stderr
        assert not set(ids) & sent
        assert set(ids) <= pending

    def test_what_went_out_before_the_loss_is_not_sent_again(
        self, backup: tuple[World, Path], empty_database: str
    ) -> None:
        _, file = backup
        assert manage(empty_database, "restore", str(file), "--lost-at", "2027-04-30T00:00:00Z").returncode == 0
        due = "SELECT count(*) FROM bookings_mail WHERE state = 'pending' AND due_at < '2027-04-30T00:00:00Z'"
        assert rows(empty_database, due) == [(0,)]
        assert rows(empty_database, "SELECT count(*) FROM bookings_mail WHERE state = 'pending'") > [(0,)]

    def test_replaces_only_when_told_to_and_then_wholly(self, backup: tuple[World, Path], empty_database: str) -> None:
        _, file = backup
        assert manage(empty_database, "restore", str(file)).returncode == 0
        refused = manage(empty_database, "restore", str(file))
        assert refused.returncode == 1
        assert "not empty" in refused.stderr
        rows(empty_database, "DELETE FROM bookings_mail RETURNING 1")
        assert manage(empty_database, "restore", str(file), "--replace").returncode == 0
        assert rows(empty_database, "SELECT count(*) FROM bookings_mail") > [(0,)]

    def test_a_damaged_backup_changes_nothing(self, backup: tuple[World, Path], empty_database: str) -> None:
        _, file = backup
        assert manage(empty_database, "restore", str(file)).returncode == 0
        before = rows(empty_database, "SELECT count(*) FROM bookings_mail")
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        refused = manage(empty_database, "restore", str(file), "--replace")
        assert refused.returncode == 1
        assert "Nothing was changed" in refused.stderr
        assert rows(empty_database, "SELECT count(*) FROM bookings_mail") == before


class TestTheFile:
    def test_is_for_its_owner_only_and_never_overwritten(self, db: None, tmp_path: Path) -> None:
        file = tmp_path / "see1.backup"
        call_command("backup", str(file))
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with pytest.raises(CommandError, match="is there already"):
            call_command("backup", str(file))

    def test_is_not_left_half_written(self, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postgres_tools, "run", _fail)
        with pytest.raises(CommandError, match="Nothing was written"):
            call_command("backup", str(tmp_path / "see1.backup"))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("arguments", [["/nowhere/at-all"], ["/nowhere", "--lost-at", "yesterday"]])
    def test_that_is_none_is_refused(self, db: None, arguments: list[str]) -> None:
        with pytest.raises(CommandError):
            call_command("restore", *arguments)


def _fail(*_: str, **__: Any) -> None:
    raise postgres_tools.ToolError("the disk is full")


class TestTools:
    def test_one_that_is_too_old_is_passed_over(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        old = tmp_path / "pg_dump"
        old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
        old.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        assert postgres_tools.find("pg_dump", at_least=9) == str(old)
        assert postgres_tools.find("pg_dump", at_least=18) != str(old)
        with pytest.raises(postgres_tools.ToolError, match="install its client tools"):
            postgres_tools.find("pg_dump", at_least=99)
