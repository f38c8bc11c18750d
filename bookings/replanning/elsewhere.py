"""Where bookings could go instead, in the schedule that a preview would make: asked for the few that are on show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bookings.lifecycle.actions import draft_of
from bookings.models import Booking, ScheduleRevision
from bookings.replanning.revisions import change_of
from bookings.search.nearest import nearest
from modules.exceptions import ModuleError

Windows = dict[UUID, list[dict[str, Any]]]


def nearest_windows(revision: ScheduleRevision, bookings: Sequence[Booking], *, at: datetime) -> Windows:
    """Up to four windows for each booking, the nearest first. Nothing is changed.

    Where the preview is not applied its change is made for as long as is searched, and undone; where it can no longer
    be made, nobody is offered anything.
    """
    module, found = revision.module, Windows()
    with transaction.atomic():
        undone = transaction.savepoint()
        try:
            if not revision.is_applied:
                change_of(revision, at=at)(reason=revision.reason, at=at, by=revision.author)
            for booking in bookings:
                found[booking.pk] = nearest(draft_of(booking), module, at=at, but=booking.pk)
        except ModuleError:
            found = {}
        finally:
            transaction.savepoint_rollback(undone)
    return found
