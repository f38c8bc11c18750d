"""The orbit is known better than before: which bookings no longer have what they asked of it, and how far it moved.

Elements age and are replaced, a reboost is announced, a phase slips into another orbit: each changes the times that
were promised. Every active booking that asks something of the orbit is looked at anew; where it is not given any more,
the booking is flagged, with how far its sunrise moved and the nearest window that has it all again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from bookings.conditions import Conditions, parse
from bookings.exceptions import FieldError, Invalid
from bookings.lifecycle.actions import draft_of
from bookings.models import Booking
from bookings.models.booking import Attention
from bookings.search.fitting import unmet_in
from bookings.search.nearest import nearest
from bookings.search.sky import outlook_for
from bookings.wording import gmt
from modules.conditions import Outlook
from modules.conditions.outlook import seconds
from modules.intervals import Span
from modules.models import Module, Zone
from modules.orbit import unix_seconds


@dataclass(frozen=True, slots=True)
class Drift:
    """A booking held against the orbit as it is now known; `findings` say what it no longer has."""

    booking: Booking
    findings: tuple[str, ...]

    @property
    def attention(self) -> frozenset[Attention]:
        """The flags it should bear; the others stay."""
        others = {Attention(each) for each in self.booking.attention} - {Attention.CONDITIONS_DRIFTED}
        return frozenset(others | ({Attention.CONDITIONS_DRIFTED} if self.findings else set()))


def drifts(module: Module, *, at: datetime) -> Iterator[Drift]:
    """Each active booking that is not over and asks something of the orbit, in the order of time."""
    asking = Booking.objects.for_writing().active().filter(module=module, ends_at__gt=at).exclude(conditions={})
    zones = Prefetch("zones", Zone.objects.order_by("position", "slug"))
    wanted = [(b, parse(b.conditions)) for b in asking.prefetch_related(zones).order_by("starts_at", "arrival")]
    for same in _by_place([(booking, asked) for booking, asked in wanted if asked]):
        try:
            outlook = _over(module, same)
        except Invalid as refusal:  # the place they look at is gone
            yield from (Drift(booking, (refusal.detail,)) for booking, _ in same)
            continue
        for booking, asked in same:
            missing = unmet_in(outlook, module, booking.span, asked)
            yield Drift(booking, tuple(_findings(booking, missing, outlook, at)))


Asking = Sequence[tuple[Booking, Conditions]]


def _by_place(asking: Asking) -> Iterator[Asking]:
    """Bookings that look at one place share an outlook, so long as they are near each other in time."""
    groups: dict[tuple[object, ...], list[tuple[Booking, Conditions]]] = {}
    for booking, asked in asking:
        where = (asked.place, asked.latitude, asked.longitude, asked.min_elevation_degrees)
        groups.setdefault((*where, booking.starts_at.year, booking.starts_at.month), []).append((booking, asked))
    yield from groups.values()


def _over(module: Module, same: Asking) -> Outlook:
    hull = Span(min(b.starts_at for b, _ in same), max(b.ends_at for b, _ in same))
    return outlook_for(module, hull, same[0][1], downlink=True, betas=True)


def _findings(booking: Booking, missing: Sequence[FieldError], outlook: Outlook, at: datetime) -> Iterator[str]:
    """What it lacks; how far its sunrise moved and where it could go only where nobody was told before: it costs."""
    yield from (error.detail for error in missing)
    if not missing or Attention.CONDITIONS_DRIFTED in booking.attention:
        return
    moved = moved_by_s(booking, outlook)
    if moved is not None:
        yield _("Since it was booked, its sunrise has moved by %(much)s.") % {"much": _minutes(moved)}
    offers = nearest(draft_of(booking), booking.module, at=at, but=booking.pk)
    if offers:
        first = offers[0]
        starts_at = datetime.fromisoformat(first["starts_at"])
        sentence = _("The nearest window that has it all: %(zones)s from %(start)s.")
        yield sentence % {"zones": ", ".join(first["zones"]), "start": gmt(starts_at)}
    else:
        yield _("No window within 30 days has it all.")


def moved_by_s(booking: Booking, outlook: Outlook) -> float | None:
    """How much later the first sunrise of the booking now is; None where it had, or has, no clock time."""
    before = booking.checked.get("sunrises") or []
    starts_s, ends_s = seconds(booking.span)
    sunrises = outlook.sunrises
    if not before or not len(sunrises) or not outlook.worst(starts_s, ends_s).has_clock:
        return None
    was_s = unix_seconds(datetime.fromisoformat(before[0]))
    return float(sunrises[np.abs(sunrises - was_s).argmin()] - was_s)


def _minutes(seconds_later: float) -> str:
    size = abs(round(seconds_later))
    said = f"{size // 60} min {size % 60} s" if size >= 60 else f"{size} s"
    return (_("%(length)s later") if seconds_later > 0 else _("%(length)s earlier")) % {"length": said}
