"""A clock that can be stepped while the application runs: what `BENCH_CLOCK` names holds the seconds to be off by."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

_real_time = time.time


def start() -> None:
    """From now on every clock that the application asks goes by the file."""
    place = os.environ.get("BENCH_CLOCK")
    if place:
        clock = Path(place)

        def off_by_s() -> float:
            return float(clock.read_text() or 0)

        time.time = lambda: _real_time() + off_by_s()
        timezone.now = lambda: datetime.now(UTC) + timedelta(seconds=off_by_s())
