"""A draft's conditions held against the orbit, and what is kept of the look: by which source, and what there was.

What is kept is what a later look is compared with: how far the sunrise moved, and by whose word.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bookings.conditions import Conditions, parse
from bookings.drafts import Draft
from bookings.exceptions import RuleBroken
from bookings.models import Booking
from bookings.models.booking import Attention
from bookings.search.fitting import unmet_in
from bookings.search.sky import outlook_for
from modules.conditions import Outlook
from modules.conditions.outlook import seconds
from modules.intervals import Span
from modules.models import Module
from modules.orbit import utc_datetime


def check_orbit(draft: Draft, module: Module) -> Outlook | None:
    """The orbit over the draft's window, where it gives all that is asked; else raises RuleBroken.

    None where nothing is asked of it. Raises Invalid for conditions that make no sense.
    """
    wanted = parse(draft.conditions, window=draft.span.duration, prefix="conditions.")
    if not wanted:
        return None
    outlook = outlook_for(module, draft.span, wanted, betas=True)
    errors = unmet_in(outlook, module, draft.span, wanted)
    if errors:
        raise RuleBroken(errors)
    return outlook


def keep(booking: Booking, outlook: Outlook | None, *, at: datetime) -> None:
    """Write into the booking by what its conditions were checked."""
    if outlook is None:
        booking.checked, booking.checked_elements = {}, None
        return
    source = outlook.worst(*seconds(booking.span)).source
    booking.checked_elements = source.elements if source else None
    booking.checked = seen(outlook, booking.span, at=at)


def seen(outlook: Outlook, window: Span, *, at: datetime) -> dict[str, Any]:
    """What there is in the window, by which source, as of when."""
    starts_s, ends_s = seconds(window)
    least_sure = outlook.worst(starts_s, ends_s)
    source = least_sure.source
    passes = [row for row in outlook.passes.tolist() if row[1] < ends_s and starts_s < row[2]]
    return {
        "at": _written(at),
        "source": source.label if source else None,
        "epoch": _written(source.epoch) if source else None,
        "nominal": source.nominal if source else None,
        "ephemeris": source.key[1] if source else None,
        "tier": str(least_sure.tier),
        "uncertainty_seconds": least_sure.uncertainty_seconds,
        "sunrises": _inside(outlook.sunrises.tolist(), starts_s, ends_s),
        "sunsets": _inside(outlook.sunsets.tolist(), starts_s, ends_s),
        "passes": [{"aos": _instant(aos), "los": _instant(los)} for _, aos, los, _ in passes],
    }


def still_unmet(booking: Booking) -> list[str]:
    """The flag to leave on a booking whose conditions the orbit does not give as it now is known."""
    wanted: Conditions = parse(booking.conditions)
    if not wanted:
        return []
    outlook = outlook_for(booking.module, booking.span, wanted, betas=True)
    missing = unmet_in(outlook, booking.module, booking.span, wanted)
    return [Attention.CONDITIONS_DRIFTED.value] if missing else []


def _inside(instants_s: list[float], starts_s: float, ends_s: float) -> list[str]:
    return [_instant(at) for at in instants_s if starts_s <= at < ends_s]


def _instant(unix_s: float) -> str:
    return _written(utc_datetime(unix_s))


def _written(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
