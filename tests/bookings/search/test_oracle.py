"""The search against brute force: two hundred random schedules and questions, equal windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction

from bookings.search import SearchRequest, find
from modules.intervals import Span
from tests.bookings.search import oracle, scenery
from tests.world import World

BEGINNINGS = [
    datetime(2027, 3, 9, 22, 0, tzinfo=UTC),
    datetime(2027, 12, 31, 3, 30, 20, tzinfo=UTC),  # over the year's end, from inside a minute
    datetime(2028, 2, 28, 12, 0, tzinfo=UTC),  # over the leap day
    datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
]


def request_of(world: World, asked: oracle.Asked, **more: Any) -> SearchRequest:
    return SearchRequest(
        module=world.module,
        activity=asked.activity,
        duration=timedelta(minutes=asked.minutes),
        span=Span(asked.begins, asked.ends),
        zones=tuple(asked.zones),
        crew=asked.crew,
        power_kw=Decimal(asked.power_kw),
        downlink_mbps=asked.downlink_mbps,
        crew_awake=asked.crew_awake,
        step_minutes=asked.step,
        **more,
    )


@pytest.mark.parametrize("tens", range(20))
def test_the_search_finds_what_brute_force_finds(world: World, tens: int) -> None:
    found_any = 0
    for seed in range(tens * 10, tens * 10 + 10):
        random = Random(seed)
        asked = scenery.question(random, random.choice(BEGINNINGS))
        with transaction.atomic():
            scenery.lay_phases(random, world, asked.begins, asked.ends)
            scenery.lay_closures(random, world, asked.begins, asked.ends)
            scenery.lay_bookings(random, world, asked)
            result = find(request_of(world, asked), at=asked.at)
            offered = [(window.span.starts_at, window.zone.slug) for window in result.windows]
            assert offered == oracle.windows(asked, world.module.pk), f"seed {seed}: {asked}"
            assert bool(result.why) != bool(offered), "reasons, where and only where there is no window"
            transaction.set_rollback(True)
        found_any += bool(offered)
    assert found_any >= 3, "cases without a window would prove little"
