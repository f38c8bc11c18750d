"""Back to an instant between two backups, as docs/operations/README.md says: from a base backup and the archive."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.postgres import Postgres
from see1.embedded.supervisor import Supervisor
from tests.see1.test_backup import BROKEN_WHERE

PATIENCE_S = 60.0


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor(print)
    try:
        yield made
    finally:
        made.stop()


def ask(url: str, *statements: str, **values: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def wait_until(url: str, statement: str, **values: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ask(url, statement, **values)[0][0]:
        assert time.monotonic() < deadline, statement
        time.sleep(0.05)


def test_back_to_the_minute_before_the_mistake(tmp_path: Path, supervisor: Supervisor) -> None:
    tmp_path.chmod(0o755)
    archive = tmp_path / "wal"
    archive.mkdir()
    archive.chmod(0o777)
    archiving = {"archive_mode": "on", "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f"}
    primary = Postgres(tmp_path / "primary", log=tmp_path / "primary.log", settings=archiving)
    running = primary.process()
    supervisor.start(running)
    environment = os.environ | {"DATABASE_URL": primary.url, "DJANGO_SETTINGS_MODULE": "see1.settings.test"}
    for command in (["migrate", "--verbosity=0"], ["load_see1"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT_DIR, env=environment, check=True)
    base = tmp_path / "back"
    Postgres(base, log=tmp_path / "base.log", follows=primary.url).process()  # pg_basebackup

    ask(primary.url, "UPDATE modules_module SET name = 'After the backup'")
    ((instant,),) = ask(primary.url, "SELECT clock_timestamp()")
    ask(primary.url, "DELETE FROM modules_closure", "UPDATE modules_module SET name = 'The mistake'")
    ((segment,),) = ask(primary.url, "SELECT pg_walfile_name(pg_switch_wal())")
    wait_until(primary.url, "SELECT last_archived_wal >= %(w)s FROM pg_stat_archiver", w=segment)
    running.ask_to_stop()
    running.wait_until_stopped(15)

    (base / "standby.signal").unlink()
    (base / "recovery.signal").touch()
    recovering = {
        "primary_conninfo": "",
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": str(instant),
        "recovery_target_action": "promote",
    }
    back = Postgres(base, log=tmp_path / "back.log", settings=recovering)
    supervisor.start(back.process())
    wait_until(back.url, "SELECT NOT pg_is_in_recovery()")
    assert ask(back.url, "SELECT name FROM modules_module") == [("After the backup",)]
    for broken, where in BROKEN_WHERE.items():
        assert not ask(back.url, where), broken
