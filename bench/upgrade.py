"""`make upgrade-test`: the release before, with many bookings in it, is upgraded while people book; and goes back.

The release before is the commit that `deploy/release-before` names; its code is taken from the repository's history.
The old code books, the new code migrates beside it, takes over, books; then the old code takes over again, on the newer
schema, and books. Whoever was answered 201 must find the booking, nothing may be double, and no call may fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.cluster.clients import Load
from bench.cluster.front import listens
from bench.cluster.layout import ask
from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.postgres import Postgres
from see1.embedded.processes import Process
from see1.embedded.redis_server import RedisServer
from see1.embedded.supervisor import Supervisor

RELEASE_BEFORE = (PROJECT_DIR / "deploy" / "release-before").read_text().split()[0]
ROWS = 100_000
CLIENTS = 4
BOOKING_S = 8.0
MOST_S = 120.0
FIGURES = PROJECT_DIR / "var" / "bench" / "upgrade.json"

_MAKE_KEY = """
from django.utils import timezone
from bookings.keys import make_key
from bookings.models import Membership, Organisation, Production, User
user = User.objects.create_user("load@see1.example", "a long enough password")
organisation = Organisation.objects.create(name="Load")
Membership.objects.create(user=user, organisation=organisation, role="owner")
Production.objects.create(organisation=organisation, title="Old", activity="music", created_at=timezone.now())
print(make_key(user=user, organisation=organisation, name="load", at=timezone.now())[1])
"""

# One completed booking an hour and zone, back from last week: a claim of half an hour and its turnaround.
_FILL = """
WITH made AS (
    INSERT INTO bookings_booking (
        id, reference, organisation_id, production_id, module_id, phase_id, activity, starts_at, ends_at, crew,
        power_kw, downlink_mbps, conditions, status, rank, concurrence, attention, price, price_total, currency,
        version, created_at, updated_at, created_by_id)
    SELECT gen_random_uuid(), 'OLD-' || n, p.organisation_id, p.id, m.id, f.id, 'music', t.at, t.at + interval '30 min',
        0, 0, 0, '{{}}', 'completed', 1, '', '{{}}', '{{}}', 0, 'USD', 1, t.at, t.at, u.id
    FROM generate_series(0, {rows} - 1) AS n,
        LATERAL (SELECT date_trunc('hour', now()) - interval '7 days' - (n / 3) * interval '1 hour' AS at) AS t,
        bookings_production AS p, modules_module AS m, bookings_user AS u,
        LATERAL (SELECT id FROM modules_phase WHERE module_id = m.id ORDER BY starts_at LIMIT 1) AS f
    RETURNING id, reference, starts_at, ends_at
), claimed AS (
    INSERT INTO bookings_claim (booking_id, zone_id, period, rank)
    SELECT made.id, z.id, tstzrange(starts_at, ends_at + interval '30 min'), 1
    FROM made JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM modules_zone) AS z
        ON z.place = substr(made.reference, 5)::int % 3
)
INSERT INTO bookings_transition (booking_id, at, action, from_status, to_status, actor, via, detail)
SELECT id, starts_at, 'complete', 'confirmed', 'completed', 'The clock', 'task', '{{}}' FROM made
"""
_DOUBLED = """
SELECT count(*) FROM bookings_claim a JOIN bookings_claim b
ON a.id < b.id AND a.zone_id = b.zone_id AND a.rank = b.rank AND a.period && b.period
"""


@dataclass
class Outcome:
    """What was kept; `by_stage` counts the answers of each."""

    rows: int
    migrate_s: float = 0.0
    longest_call_s: float = 0.0
    by_stage: dict[str, dict[str, int]] = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0
    odd: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        clean = all(set(counts) <= {"201", "409"} and counts.get("201") for counts in self.by_stage.values())
        return clean and not self.lost and not self.doubled and not self.odd


class Upgrade:
    """Two releases on one database."""

    def __init__(self, directory: Path, supervisor: Supervisor) -> None:
        self._directory, self._supervisor = directory, supervisor
        self.old = directory / "old"
        _take_out(RELEASE_BEFORE, self.old)
        postgres = Postgres(directory / "postgres", log=directory / "postgres.log")
        redis = RedisServer(directory / "redis", log=directory / "redis.log")
        supervisor.start(postgres.process(), redis.process())
        self.database_url = postgres.url
        self._environment = os.environ | {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "DJANGO_SETTINGS_MODULE": "see1.settings.test",
            "PYTHONPATH": "",
        }

    def manage(self, code: Path, *arguments: str) -> str:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        done = subprocess.run(  # noqa: S603 - our own arguments, and no shell
            command, cwd=code, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def prepare(self, rows: int) -> str:
        """The release before as it stood, with `rows` bookings of years; a key to book with."""
        self.manage(self.old, "migrate", "--verbosity=0")
        self.manage(self.old, "load_see1")
        key = self.manage(self.old, "shell", "--verbosity=0", "-c", _MAKE_KEY).split()[-1]
        ask(self.database_url, _FILL.format(rows=int(rows)), "ANALYZE")
        return key

    def serve(self, code: Path, name: str) -> tuple[Process, int]:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--workers=2", "--threads=2", f"--bind={LOOPBACK}:{port}"]
        process = Process(
            name=name,
            command=[*command, "--no-control-socket", f"--chdir={code}", "see1.wsgi:application"],
            log=self._directory / f"{name}.log",
            environment=self._environment,
            is_ready=lambda: listens(port),
        )
        self._supervisor.start(process)
        return process, port


def _take_out(commit: str, into: Path) -> None:
    """The code of `commit`, without its history."""
    archive = into.with_suffix(".tar")
    made = subprocess.run(  # noqa: S603 - our own arguments, and no shell
        ["git", "archive", f"--output={archive}", commit],  # noqa: S607 - git, wherever it is
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"The release before ({commit}) is not in the history here: {made.stderr.strip()}")
    with tarfile.open(archive) as packed:
        packed.extractall(into)  # noqa: S202 - git wrote it, from our own history


def upgrade(directory: Path, *, rows: int, booking_s: float) -> Outcome:
    """Old, both, new, and old again; people book all the time."""
    supervisor = Supervisor(print)
    try:
        return _upgrade(Upgrade(directory, supervisor), rows, booking_s)
    finally:
        supervisor.stop()


def _upgrade(two: Upgrade, rows: int, booking_s: float) -> Outcome:
    found = Outcome(rows)
    key = two.prepare(rows)
    _, old_port = two.serve(two.old, "old")
    with Load(port=old_port, key=key, clients=CLIENTS) as load:
        stages = {"before": time.monotonic()}
        _book_on(load, booking_s)
        stages["while it migrates"] = began = time.monotonic()
        two.manage(PROJECT_DIR, "migrate", "--verbosity=0")
        found.migrate_s = round(time.monotonic() - began, 1)
        _, new_port = two.serve(PROJECT_DIR, "new")
        stages["after"] = time.monotonic()
        load.move_to(new_port)
        _book_on(load, booking_s)
        stages["back again"] = time.monotonic()
        load.move_to(old_port)
        _book_on(load, booking_s)
    _count(found, load, stages)
    _look(found, load, two.database_url)
    return found


def _book_on(load: Load, seconds: float) -> None:
    """For so long, and until each client may have booked anew: calls that were sent before belong to the last stage."""
    began, before = time.monotonic(), len(load.log.made)
    while time.monotonic() < began + seconds or len(load.log.made) < before + 2 * CLIENTS:
        time.sleep(0.05)
        if time.monotonic() > began + MOST_S:
            raise RuntimeError(f"No bookings within {MOST_S:g} s.")


def _count(found: Outcome, load: Load, stages: dict[str, float]) -> None:
    begins = [*stages.items(), ("", float("inf"))]
    for (name, begin), (_, end) in pairwise(begins):
        counts: dict[str, int] = {}
        for seen in load.log.answers:
            if begin <= seen.at < end:
                counts[str(seen.status)] = counts.get(str(seen.status), 0) + 1
        found.by_stage[name] = counts
    found.longest_call_s = round(max(seen.seconds for seen in load.log.answers), 2)
    found.odd = load.log.odd[:5]


def _look(found: Outcome, load: Load, url: str) -> None:
    stands = {str(row[0]) for row in ask(url, "SELECT id FROM bookings_booking WHERE status = 'requested'")}
    found.lost = len(set(load.log.made.values()) - stands)
    ((doubled,),) = ask(url, _DOUBLED)
    found.doubled = int(str(doubled))


def main() -> int:
    directory = Path(tempfile.mkdtemp(prefix="see1-upgrade-"))
    directory.chmod(0o755)
    try:
        found = upgrade(directory, rows=ROWS, booking_s=BOOKING_S)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    figures: dict[str, Any] = vars(found) | {"release_before": RELEASE_BEFORE, "kept": found.kept}
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"{found.rows:,} bookings; migrating took {found.migrate_s} s; the longest call {found.longest_call_s} s")
    for stage, counts in found.by_stage.items():
        print(f"{stage:>20}: " + ", ".join(f"{number} × {status}" for status, number in sorted(counts.items())))
    print(f"lost {found.lost}, double {found.doubled}, odd {found.odd or 'none'}: {'KEPT' if found.kept else 'BROKEN'}")
    return 0 if found.kept else 1


if __name__ == "__main__":
    sys.exit(main())
