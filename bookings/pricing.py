"""What a window costs, line by line. No database: the card's rates come in. Money is Decimal, to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bookings.drafts import Draft
from bookings.models.rates import CancellationTerm, Rate, RateCard
from modules.intervals import Span
from modules.models import Zone

CENT = Decimal("0.01")
HOUR_S = Decimal(3600)
TAX = "tax"


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


def quote(draft: Draft, *, zones: Sequence[Zone], phase_kind: str, rates: Iterable[Rate], card: RateCard) -> Quote:
    """The price of `draft` by the most exact of the card's rates that fit it, and the card's tax on that.

    A kind of rate that the card lacks costs nothing.
    """
    fitting = in_season(rates, draft.span)
    hours = Decimal(int(draft.span.duration.total_seconds())) / HOUR_S
    lines = [_zone_line(zone, draft, phase_kind, fitting, hours) for zone in zones]
    asked = (
        (Rate.Per.CREW_HOUR, "Crew on set", Decimal(draft.crew) * hours, "crew hour"),
        (Rate.Per.POWER_KWH, "Power", draft.power_kw * hours, "kWh"),
        (Rate.Per.DOWNLINK_MBPS_HOUR, "Downlink", Decimal(draft.downlink_mbps) * hours, "Mbit/s hour"),
        (Rate.Per.MEDIA_RETURN_KG, "Media return", draft.media_return_kg, "kg"),
        (Rate.Per.BOOKING, "Booking", Decimal(1), "booking"),
    )
    for per, description, quantity, unit in asked:
        rate = best(fitting, per, activity=draft.activity, phase_kind=phase_kind) if quantity else None
        lines.append(Line(per, description, quantity, unit, rate.amount) if rate else None)
    net = Quote(card.currency, tuple(line for line in lines if line is not None))
    return Quote(card.currency, (*net.lines, *_tax_lines(card, net.total)))


def in_season(rates: Iterable[Rate], span: Span) -> list[Rate]:
    """Those that price a window: of any season, or of one that covers the day on which it begins."""
    day = span.starts_at.astimezone(UTC).date()
    return [rate for rate in rates if rate.season is None or rate.season.covers(day)]


def _tax_lines(card: RateCard, net: Decimal) -> tuple[Line, ...]:
    if not card.tax_percent:
        return ()
    amount = (net * card.tax_percent / 100).quantize(CENT, ROUND_HALF_UP)
    said = f"{card.tax_name}, {_plain(card.tax_percent)} % of {net:,.2f}"
    return (Line(TAX, said, Decimal(1), "tax", amount),)


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
    """The most exact rate that fits: one that names the zone beats the activity, that the phase, that the season.

    Where seasons overlap, the one that began last.
    """
    fitting = [
        rate
        for rate in rates
        if rate.per == per
        and rate.zone_id in (None, zone_id)
        and rate.activity in ("", activity)
        and rate.phase_kind in ("", phase_kind)
    ]
    return max(fitting, key=_exactness, default=None)


def _exactness(rate: Rate) -> tuple[bool, bool, bool, date]:
    season = rate.season.starts_on if rate.season else date.min
    return (rate.zone_id is not None, bool(rate.activity), bool(rate.phase_kind), season)


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
