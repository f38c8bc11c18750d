"""Drawing up a booking from a draft: what it says, what it costs, how long it is held, what it asks of the module."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bookings import capacity, pricing
from bookings.drafts import Draft
from bookings.lifecycle.survey import Ground
from bookings.models import Booking, Production, RateCard
from modules.models import FlightRules, Phase


def fill(booking: Booking, draft: Draft, production: Production, phase: Phase) -> None:
    """Put what was asked for into the booking."""
    booking.production, booking.phase, booking.agreed_phase = production, phase, None
    booking.starts_at, booking.ends_at = draft.span.starts_at, draft.span.ends_at
    booking.activity, booking.conditions = draft.activity, draft.conditions
    booking.crew, booking.power_kw, booking.downlink_mbps = draft.crew, draft.power_kw, draft.downlink_mbps
    booking.media_return_kg = draft.media_return_kg


def price(draft: Draft, ground: Ground, phase: Phase, card: RateCard) -> pricing.Quote:
    rates = card.rates.all() if _are_known(card) else card.rates.select_related("season")
    return pricing.quote(draft, zones=ground.zones, phase_kind=phase.kind, rates=rates, card=card)


def _are_known(card: RateCard) -> bool:
    """Whether its rates were read with it, seasons included."""
    return "rates" in getattr(card, "_prefetched_objects_cache", {})


def set_price(booking: Booking, draft: Draft, ground: Ground, phase: Phase, card: RateCard) -> None:
    quoted = price(draft, ground, phase, card)
    booking.rate_card, booking.price = card, quoted.as_json()
    booking.price_total, booking.currency = quoted.total, quoted.currency


def hold_end(rules: FlightRules, booking: Booking, *, at: datetime, until: datetime | None = None) -> datetime:
    """When a hold that took its place at `at` ends: after the hold time, and not so late that the lead time is gone.

    With `until` it stands until then instead, within the same bounds. A hold made or moved at the last moment still
    gets half of what is left to its start, or it would end as it began.
    """
    stands = until or max(
        booking.created_at + rules.hold_time, booking.hold_until or at
    )  # never sooner for having moved
    in_time = booking.starts_at - rules.lead_time
    half_way = at + (booking.starts_at - at) / 2
    return min(stands, max(in_time, half_way))


def check_capacity(draft: Draft, ground: Ground, phase: Phase, *, but: UUID | None = None) -> None:
    """Raise OverCapacity where `draft`, beside what others (all but `but`) ask for, is more than there is."""
    asked = capacity.Load(frozenset(ground.zone_ids), draft.span, draft.crew, draft.power_kw, draft.downlink_mbps)
    if asked.crew or asked.power_kw or asked.downlink_mbps:
        others = capacity.loads(ground.module.pk, draft.span, but=but)
        capacity.check_capacity(asked, others, phase.rules)
