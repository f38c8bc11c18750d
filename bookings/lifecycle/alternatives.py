"""Where time is taken, the refusal names the nearest free windows; found after the transaction, under no lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bookings.drafts import Draft
from bookings.exceptions import HoldRanksFull, SlotTaken
from bookings.lifecycle.survey import module_of
from bookings.search.nearest import nearest


@contextmanager
def offering_alternatives(draft: Draft, *, at: datetime) -> Iterator[None]:
    """Run a booking; where others have the time, say what could be had instead."""
    try:
        yield
    except (SlotTaken, HoldRanksFull) as refusal:
        refusal.extra["alternatives"] = nearest(draft, module_of(draft), at=at)
        raise
