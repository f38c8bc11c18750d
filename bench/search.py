"""The window search over a full schedule: a month and 400 days, warm and cold, by night and a pass over Rome.

Runs in a test database of its own, on the server that `DATABASE_URL` or `SEE1_DATA_DIR` names. Each figure is the
quickest of some rounds, since a busy moment only ever adds; a page of 50 windows, priced, is part of each.

    python -m bench.search           prints the table, writes var/bench/search.json
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.test")
django.setup()

from django.test.runner import DiscoverRunner  # noqa: E402 - Django first

from bookings.conditions import parse  # noqa: E402 - Django is set up first
from bookings.search import SearchRequest, find  # noqa: E402 - Django is set up first
from bookings.search.nearest import nearest  # noqa: E402 - Django is set up first
from modules.intervals import Span  # noqa: E402 - Django is set up first
from modules.models import ComputedDay  # noqa: E402 - Django is set up first
from tests.world import NOW, World, build, span  # noqa: E402 - Django is set up first

ROUNDS = 7
PAGE = 50
BOOKED_DAYS = 120
REPORT = Path("var/bench/search.json")
NIGHT_OVER_ROME = {"lighting": "night", "lighting_min": "PT20M", "place": "rome", "pass_min": "PT2M"}
PROMISES_MS = {
    "30 days, free time": 50,
    "30 days, night and Rome": 50,
    "400 days, free time": 400,
    "400 days, night and Rome": 400,
    "400 days, no window and why": 400,
    "a cold year, night and Rome": 2000,
    "nearest": 50,
}


def main() -> int:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        found = measure(fill(build()))
    finally:
        runner.teardown_databases(databases)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    broken = [name for name, took in found.items() if took > PROMISES_MS[name]]
    for name, took in found.items():
        print(f"{name:<32} {took:8.1f} ms   promised {PROMISES_MS[name]:5d} ms{'   BROKEN' if name in broken else ''}")
    print(f"{'peak memory':<32} {peak_mb:8.0f} MB")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps({"ms": found, "promised_ms": PROMISES_MS, "peak_mb": round(peak_mb)}, indent=2))
    return 1 if broken else 0


def fill(world: World) -> World:
    """Three bookings a day for four months, in two zones."""
    for day in range(BOOKED_DAYS):
        for hour, zone in ((8, "arena"), (13, "arena"), (9, "studio")):
            starts_at = (NOW + timedelta(days=4 + day)).replace(hour=hour)
            world.reserve(Span(starts_at, starts_at + timedelta(hours=3)), zones=(zone,), crew=2)
    return world


def measure(world: World) -> dict[str, float]:
    month, year, most = (timedelta(days=days) for days in (30, 365, 400))
    searches: dict[str, dict[str, Any]] = {
        "30 days, free time": {"length": month},
        "30 days, night and Rome": {"length": month, "asked": NIGHT_OVER_ROME},
        "400 days, free time": {"length": most, "crew": 2},
        "400 days, night and Rome": {"length": most, "asked": NIGHT_OVER_ROME},
        "400 days, no window and why": {"length": most, "crew": 9, "asked": NIGHT_OVER_ROME},
    }
    took = {name: quickest(world, **asked) for name, asked in searches.items()}
    took["a cold year, night and Rome"] = cold(world, year)
    draft = world.draft(span("03-10 08:00"))
    took["nearest"] = min(timed(lambda: nearest(draft, world.module, at=NOW)) for _ in range(ROUNDS))
    return {name: round(each, 1) for name, each in took.items()}


def quickest(world: World, **asked: Any) -> float:
    return min(timed(lambda: search(world, **asked)) for _ in range(ROUNDS))


def cold(world: World, length: timedelta) -> float:
    """With nothing computed before."""
    ComputedDay.objects.all().delete()
    return timed(lambda: search(world, length=length, asked=NIGHT_OVER_ROME))


def search(world: World, *, length: timedelta, crew: int = 0, asked: dict[str, Any] | None = None) -> None:
    request = SearchRequest(
        module=world.module,
        activity="filming",
        duration=timedelta(hours=2),
        span=Span(NOW, NOW + length),
        crew=crew,
        power_kw=Decimal(2),
        conditions=parse(asked or {}),
    )
    find(request, at=NOW).windows[:PAGE]


def timed(work: Any) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
