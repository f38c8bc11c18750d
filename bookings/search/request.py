"""What a search asks for, checked before anything is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from bookings.capacity import MEASURES
from bookings.conditions import Conditions
from bookings.exceptions import FieldError, Invalid
from bookings.wording import duration as in_words
from modules.intervals import Span
from modules.models import Activity, Module

LONGEST_SPAN = timedelta(days=400)
OFFER_STANDS = timedelta(minutes=15)
"""So long what is offered can still be booked: nobody books in the instant of looking."""
MINUTE = timedelta(minutes=1)
DAY_MINUTES = 1440
NO_CONDITIONS = Conditions()


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Windows wanted: where, how long, within which span, and with what. No zones named: any of the module's."""

    module: Module
    activity: str
    duration: timedelta
    span: Span
    zones: tuple[str, ...] = ()
    crew: int = 0
    power_kw: Decimal = Decimal(0)
    downlink_mbps: int = 0
    media_return_kg: Decimal = Decimal(0)
    crew_awake: bool = True
    step_minutes: int = 1
    conditions: Conditions = NO_CONDITIONS

    @property
    def asks_capacity(self) -> bool:
        """Whether it matters what others ask of the module."""
        return any(getattr(self, measure) for measure, _limit, _unit in MEASURES)


def check(request: SearchRequest) -> None:
    """Raise Invalid, naming each field that makes no sense as a query has it."""
    errors = [*_time(request), *_amounts(request)]
    if request.activity not in Activity.values:
        errors.append(
            FieldError(
                "activity",
                "invalid_choice",
                _("An activity is one of: %(names)s.") % {"names": ", ".join(Activity.values)},
            )
        )
    if len(set(request.zones)) < len(request.zones):
        errors.append(FieldError("zone", "duplicate", _("Name each zone once.")))
    if errors:
        raise Invalid(errors)


def _time(request: SearchRequest) -> Iterator[FieldError]:
    if request.span.duration > LONGEST_SPAN:
        detail = _("A search spans at most %(longest)s; this one %(asked)s.") % {
            "longest": in_words(LONGEST_SPAN),
            "asked": in_words(request.span.duration),
        }
        yield FieldError("to", "span_too_long", detail)
    if request.duration <= timedelta(0):
        yield FieldError("duration", "invalid", _("A window has a length."))
    elif request.duration % MINUTE:
        yield FieldError("duration", "not_whole_minute", _("Windows are whole minutes long."))
    if not 1 <= request.step_minutes <= DAY_MINUTES:
        detail = _("Starts are tried every 1 to %(most)s minutes.") % {"most": DAY_MINUTES}
        yield FieldError("step", "out_of_range", detail)


def _amounts(request: SearchRequest) -> Iterator[FieldError]:
    for name in ("crew", "power_kw", "downlink_mbps", "media_return_kg"):
        amount = Decimal(getattr(request, name))
        if not amount.is_finite() or amount < 0:
            yield FieldError(name, "out_of_range", _("That is a number from 0 up."))
