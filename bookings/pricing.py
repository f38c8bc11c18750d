"""What a window costs, line by line. No database: the card's rates come in. Money is Decimal, to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bookings.drafts import Draft
from bookings.models.rates import CancellationTerm, Rate
from modules.models import Zone

CENT = Decimal("0.01")
HOUR_S = Decimal(3600)


@dataclass(frozen=True, slots=True)
class Line:
    code: str
    description: str
    quantity: Decimal
    unit: str
    unit_amount: Decimal

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.unit_amount).quantize(CENT, ROUND_HALF_UP)

    def as_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "description": self.description,
            "quantity": _plain(self.quantity),
            "unit": self.unit,
            "unit_amount": str(self.unit_amount),
            "amount": str(self.amount),
        }


@dataclass(frozen=True, slots=True)
class Quote:
    currency: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    def as_json(self) -> dict[str, Any]:
        return {
            "currency": self.currency,
            "total": str(self.total),
            "lines": [line.as_json() for line in self.lines],
        }


def quote(draft: Draft, *, zones: Sequence[Zone], phase_kind: str, rates: Iterable[Rate], currency: str) -> Quote:
    """The price of `draft` by the most exact rates that fit it; a kind of rate the card lacks costs nothing."""
    card = list(rates)
    hours = Decimal(int(draft.span.duration.total_seconds())) / HOUR_S
    lines = [_zone_line(zone, draft, phase_kind, card, hours) for zone in zones]
    asked = (
        (Rate.Per.CREW_HOUR, "Crew on set", Decimal(draft.crew) * hours, "crew hour"),
        (Rate.Per.POWER_KWH, "Power", draft.power_kw * hours, "kWh"),
        (Rate.Per.DOWNLINK_MBPS_HOUR, "Downlink", Decimal(draft.downlink_mbps) * hours, "Mbit/s hour"),
        (Rate.Per.BOOKING, "Booking", Decimal(1), "booking"),
    )
    for per, description, quantity, unit in asked:
        rate = best(card, per, activity=draft.activity, phase_kind=phase_kind)
        lines.append(Line(per, description, quantity, unit, rate.amount) if rate and quantity else None)
    return Quote(currency, tuple(line for line in lines if line is not None))


def _zone_line(zone: Zone, draft: Draft, phase_kind: str, rates: Sequence[Rate], hours: Decimal) -> Line | None:
    rate = best(rates, Rate.Per.ZONE_HOUR, zone_id=zone.pk, activity=draft.activity, phase_kind=phase_kind)
    if rate is None:
        return None
    description = f"{zone.name}, {draft.activity}, {phase_word(phase_kind)}"
    return Line(Rate.Per.ZONE_HOUR, description, hours, "hour", rate.amount)


def phase_word(phase_kind: str) -> str:
    """`free flight`: in English whoever asks, for what is quoted is kept."""
    return phase_kind.replace("_", " ")


def best(rates: Iterable[Rate], per: str, *, activity: str, phase_kind: str, zone_id: int | None = None) -> Rate | None:
    """The most exact rate that fits: one that names the zone beats the activity, that the phase, that none."""
    fitting = [
        rate
        for rate in rates
        if rate.per == per
        and rate.zone_id in (None, zone_id)
        and rate.activity in ("", activity)
        and rate.phase_kind in ("", phase_kind)
    ]
    return max(fitting, key=lambda r: (r.zone_id is not None, bool(r.activity), bool(r.phase_kind)), default=None)


def cancellation_fee(total: Decimal, terms: Iterable[CancellationTerm], *, notice: timedelta) -> Decimal:
    """What cancelling costs with `notice` left to the start: by the term of the shortest notice that is not kept.

    Notice given to the second is kept. Where no term applies, nothing.
    """
    broken = [term for term in terms if notice < term.notice]
    if not broken:
        return Decimal("0.00")
    percent = min(broken, key=lambda term: term.notice).percent
    return (total * percent / 100).quantize(CENT, ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    """`2.5`, not `2.500000` nor `2.5E+1`."""
    text = f"{value.quantize(Decimal('0.000001')):f}"
    return text.rstrip("0").rstrip(".")
