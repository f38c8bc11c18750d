"""Call sheets: what everybody on a window needs to know, on one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Self

from bookings.clocks import zone_named
from bookings.models import Booking, Production
from bookings.papers.rundown import Rundown, rundown
from bookings.querysets import BookingQuerySet
from bookings.states import ACTIVE, Status
from modules.intervals import Span
from modules.models import Closure

AROUND = timedelta(hours=24)
FIRM = frozenset({Status.CONFIRMED, Status.COMPLETED})


@dataclass(frozen=True)
class Sheet:
    """One booking as its people see it: on GMT, and by the clock of its organisation."""

    booking: Booking
    rundown: Rundown
    closures: list[Closure]
    zone: tzinfo

    @classmethod
    def of(cls, booking: Booking) -> Self:
        zone = zone_named(booking.organisation.time_zone)
        return cls(booking, rundown(booking, zone), _closures_around(booking), zone)

    @property
    def is_firm(self) -> bool:
        """Whether the window is theirs; else the sheet says loudly that it is not."""
        return self.booking.status in FIRM

    @property
    def is_over(self) -> bool:
        """Whether it was cancelled, declined, released or expired."""
        return self.booking.status not in ACTIVE | FIRM


def ahead(bookings: BookingQuerySet, production: Production, *, at: datetime) -> BookingQuerySet:
    """Those of `bookings` that `production` has ahead, which get a sheet each."""
    return (
        bookings.with_details()
        .select_related("phase__rules")
        .filter(production=production, status__in=ACTIVE, ends_at__gt=at)
    )


def _closures_around(booking: Booking) -> list[Closure]:
    span = Span(booking.starts_at - AROUND, booking.ends_at + AROUND)
    return list(booking.module.closures.standing().overlapping(span).prefetch_related("zones"))
