"""What a change would do, for a command line: done inside a transaction that is undone, and told booking by booking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from bookings.models import ScheduleRevision
from bookings.wording import gmt

NOTHING_CHANGED = "dry run: nothing was changed."


@contextmanager
def showing(*, keep: bool) -> Iterator[None]:
    """With `keep` nothing but what is in the block; without, all that it did is undone at its end."""
    if keep:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def touched(revision: ScheduleRevision) -> Iterator[str]:
    """One line a booking that the revision touches: what becomes of it, and why."""
    for row in revision.bookings.select_related("booking__organisation"):
        booking = row.booking
        why = " ".join(finding["detail"] for finding in row.findings) or "It fits the schedule again."
        what = row.get_outcome_display()
        yield f"{booking.reference}, {booking.organisation}, {gmt(booking.starts_at)}: {what}. {why}"
