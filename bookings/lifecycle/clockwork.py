"""What happens because its time came: holds expire, requests nobody answered lapse, bookings complete.

What is due is asked of the database at each call; nothing rests on a countdown that could be lost. The demands of
the moment do not wait for the clock either: whoever wants time that a lapsed hold still claims clears it first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import Max

from bookings.actors import clock
from bookings.lifecycle.ending import end
from bookings.lifecycle.record import write
from bookings.models import Booking
from bookings.occupancy import buffered
from bookings.querysets import BookingQuerySet
from bookings.states import Action, Status
from modules.intervals import Span
from modules.locking import own_module
from modules.models import FlightRules

log = logging.getLogger(__name__)


def expire_due(*, at: datetime) -> int:
    """Expire every hold whose time is up and every request whose window began unanswered; how many."""
    due = list(Booking.objects.expired_holds(at).values_list("pk", "module_id"))
    due += Booking.objects.unanswered(at).values_list("pk", "module_id")
    return sum(_one_by_one(_expire, due, at))


def clear_expired(module_id: int, span: Span, *, at: datetime, but: UUID | None = None) -> bool:
    """Expire what has lapsed near `span`, all but `but`; whether there was any, so that asking again makes sense."""
    lapsed = list(expired_near(module_id, span, at=at).exclude(pk=but).values_list("pk", flat=True))
    for pk in lapsed:
        _expire(pk, module_id, at)
    return bool(lapsed)


def expired_near(module_id: int, span: Span, *, at: datetime) -> BookingQuerySet:
    """Lapsed holds that claim any of `span`, or of the longest turnaround that a window there would claim after it."""
    longest = FlightRules.objects.filter(phase__module=module_id).aggregate(longest=Max("turnaround"))["longest"]
    wanted = buffered(span, longest or timedelta(0))
    return Booking.objects.expired_holds(at).filter(module=module_id).claiming(wanted)


def _expire(pk: object, module_id: int, at: datetime) -> int:
    with transaction.atomic():
        own_module(module_id)
        booking = Booking.objects.for_writing().filter(pk=pk).first()
        if booking is None or not is_due(booking, at):
            return 0
        end(booking, Action.EXPIRE, actor=clock(), at=at)
        return 1


def is_due(booking: Booking, at: datetime) -> bool:
    """Whether it still is what was found due before the module was owned."""
    if booking.status == Status.HELD:
        return booking.hold_expires_at is not None and booking.hold_expires_at <= at
    return booking.status == Status.REQUESTED and booking.starts_at <= at


def complete_past(*, at: datetime) -> int:
    """Complete every confirmed booking whose window is over; how many."""
    due = list(Booking.objects.over(at).values_list("pk", "module_id"))
    return sum(_one_by_one(_complete, due, at))


def _one_by_one(
    deed: Callable[[object, int, datetime], int], due: Iterable[tuple[object, int]], at: datetime
) -> Iterator[int]:
    """Each in its own transaction: one booking that cannot be done never stops the clock of the others."""
    for pk, module_id in due:
        try:
            yield deed(pk, module_id, at)
        except OperationalError:
            raise  # the database is away: for all of them
        except Exception:
            log.exception("What was due for booking %s could not be done; the others go on.", pk)


def _complete(pk: object, module_id: int, at: datetime) -> int:
    with transaction.atomic():
        own_module(module_id)
        booking = Booking.objects.for_writing().filter(pk=pk, status=Status.CONFIRMED, ends_at__lte=at).first()
        if booking is None:
            return 0
        booking.status = Status.COMPLETED
        write(booking, Action.COMPLETE, actor=clock(), at=at, from_status=Status.CONFIRMED)
        return 1
