"""Changing a booking: inside its own time it keeps its place; elsewhere it joins the queue there, or stays.

A move gives up the old place first, so that those behind it come before it where the new time overlaps theirs;
where the new place is refused the transaction is undone, and nothing has changed for anyone.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bookings import occupancy
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import FieldError, Invalid, NotFound
from bookings.lifecycle import record
from bookings.lifecycle.actions import draft_of, holds_before, known, writing
from bookings.lifecycle.alternatives import offering_alternatives
from bookings.lifecycle.clockwork import clear_expired
from bookings.lifecycle.drawing import check_capacity, fill, hold_end, price, set_price
from bookings.lifecycle.ending import close, drop_challenges_by, move_up, reset_expiry
from bookings.lifecycle.orbit import check_orbit, keep, still_unmet
from bookings.lifecycle.survey import Ground, check, production_for, survey
from bookings.models import Booking, Challenge
from bookings.ratecards import card_for, fee_to_cancel
from bookings.states import Action, Status
from modules.intervals import Span
from modules.models import Phase

PRICED = ("zones", "activity", "span", "crew", "power_kw", "downlink_mbps", "media_return_kg")


def change(
    *, actor: Actor, booking_id: UUID, changes: dict[str, Any], at: datetime, version: int | None = None
) -> Booking:
    """Apply `changes` (fields of a Draft, `starts_at`, `ends_at`) to a booking, all or nothing."""
    before = known(actor, booking_id)
    wanted = _changed(before, changes)
    with offering_alternatives(wanted, at=at), writing(actor, booking_id, version, at=at) as booking:
        before = draft_of(booking)
        draft = _changed(before, changes)
        record.status_after(booking, Action.CHANGE, at=at)
        if draft != before:
            _apply(booking, before, draft, actor=actor, at=at)
    return booking


def quote_change(*, actor: Actor, booking_id: UUID, changes: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The price that `change` would leave the booking with, where the rules allow it. No effect."""
    before = known(actor, booking_id)
    draft = _changed(before, changes)
    booking = Booking.objects.visible_to(actor).select_related("rate_card", "module").get(pk=booking_id)
    if not _costs_otherwise(before, draft):
        return dict(booking.price)
    ground = survey(draft, booking.module)
    phase = check(draft, ground, at=at, lead=is_elsewhere(before, draft))
    return price(draft, ground, phase, booking.rate_card or card_for(booking.module, at)).as_json()


def is_elsewhere(before: Draft, draft: Draft) -> bool:
    """Whether `draft` leaves the time and zones of `before`, so that it joins the queue anew."""
    return not (before.span.covers(draft.span) and set(draft.zones) <= set(before.zones))


def _changed(before: Draft, changes: dict[str, Any]) -> Draft:
    starts_at = changes.get("starts_at", before.span.starts_at)
    ends_at = changes.get("ends_at", before.span.ends_at)
    if ends_at <= starts_at:
        raise Invalid([FieldError("ends_at", "ends_before_start", _("The window ends after it starts."))])
    return before.changed(**changes)


def _apply(booking: Booking, before: Draft, draft: Draft, *, actor: Actor, at: datetime) -> None:
    production = production_for(actor, draft)
    if production.organisation_id != booking.organisation_id:
        raise NotFound(_("There is no such production in the booking's organisation."))
    clear_expired(booking.module_id, draft.span, at=at, but=booking.pk)
    elsewhere = is_elsewhere(before, draft)
    ground = survey(draft, booking.module)
    phase = check(draft, ground, at=at, lead=elsewhere)
    check_capacity(draft, ground, phase, but=booking.pk)
    asks_anew = draft.span != before.span or draft.conditions != before.conditions
    outlook = check_orbit(draft, booking.module) if asks_anew else None
    left = occupancy.footprint(booking)
    was, action = booking.status, Action.MOVE if elsewhere else Action.CHANGE
    fee = Decimal(0) if actor.decides else fee_to_cancel(booking, at=at)
    fill(booking, draft, production, phase)
    reprice(booking, before, draft, ground, phase, at)
    if elsewhere or _asks_for_more(before, draft):
        booking.status = record.status_after(booking, Action.MOVE, at=at)
    if was == Status.CONFIRMED and booking.status == Status.REQUESTED:
        booking.fee_kept = fee
    _take_place(booking, ground, phase, left, elsewhere=elsewhere, at=at)
    _hold_on(booking, phase, elsewhere=elsewhere, at=at)
    if asks_anew:
        keep(booking, outlook, at=at)
    booking.attention = [] if asks_anew else still_unmet(booking)
    record.write(booking, action, actor=actor, at=at, from_status=was, detail=differences(before, draft))


def _take_place(
    booking: Booking,
    ground: Ground,
    phase: Phase,
    left: tuple[list[int], Span],
    *,
    elsewhere: bool,
    at: datetime,
) -> None:
    period = occupancy.buffered(Span(booking.starts_at, booking.ends_at), phase.rules.turnaround)
    if not elsewhere:  # a window that stands keeps the turnaround it was given: its claim can only shrink
        period = Span(period.starts_at, min(period.ends_at, left[1].ends_at))
    must_be_free = booking.status != Status.HELD
    if elsewhere:
        if must_be_free:
            occupancy.check_free(ground.zone_ids, period, but=booking.pk)
        occupancy.withdraw(booking)
        move_up([left], at=at)
        booking.arrival = occupancy.next_arrival()
    booking.rank = occupancy.seat(ground.zone_ids, period, must_be_free=must_be_free, before=booking.arrival)
    booking.save(update_fields=["arrival", "rank"])  # as those behind will see it when they move up
    occupancy.reclaim(booking, ground.zone_ids, period, booking.rank)
    drop_challenges_by(booking, at=at, but=[hold.pk for hold in holds_before(booking)])
    if not elsewhere:
        move_up([left], at=at)


def _hold_on(booking: Booking, phase: Phase, *, elsewhere: bool, at: datetime) -> None:
    """A hold that moves ends by its new window; challenges by those it no longer stands before have lost their ground.

    Inside its own time it ends when it would have, or small changes could put that off for ever.
    """
    if booking.status != Status.HELD:
        if booking.status == Status.REQUESTED:
            booking.concurrence, booking.concurrence_at = "", None
        return
    if elsewhere:
        booking.hold_until = hold_end(phase.rules, booking, at=at)
    zone_ids, period = occupancy.footprint(booking)
    still = Booking.objects.holds_claiming(zone_ids, period).filter(arrival__gt=booking.arrival)
    gone = booking.challenges_met.exclude(challenger__in=still)
    close(gone, Challenge.Outcome.LAPSED, at=at)
    reset_expiry(booking)


def reprice(booking: Booking, before: Draft, draft: Draft, ground: Ground, phase: Phase, at: datetime) -> None:
    """The price stays as quoted unless what it was quoted for changes; then by the card it was quoted with."""
    if _costs_otherwise(before, draft):
        set_price(booking, draft, ground, phase, booking.rate_card or card_for(ground.module, at))


def _costs_otherwise(before: Draft, draft: Draft) -> bool:
    return any(getattr(before, name) != getattr(draft, name) for name in PRICED)


def _asks_for_more(before: Draft, draft: Draft) -> bool:
    """Whether the host would have to concur anew."""
    grown = any(getattr(draft, name) > getattr(before, name) for name in ("crew", "power_kw", "downlink_mbps"))
    return grown or draft.activity != before.activity


def differences(before: Draft, draft: Draft) -> dict[str, Any]:
    """What changed, from what to what, for the history and the mail."""
    said: dict[str, Any] = {}
    for name in (*(each for each in PRICED if each != "span"), "conditions", "production_id"):
        old, new = getattr(before, name), getattr(draft, name)
        if old != new:
            said[name.removesuffix("_id")] = [_said(old), _said(new)]
    for name in ("starts_at", "ends_at"):
        old, new = getattr(before.span, name), getattr(draft.span, name)
        if old != new:
            said[name] = [old.isoformat(), new.isoformat()]
    return said


def _said(value: Any) -> Any:
    return value if isinstance(value, int | dict) else list(value) if isinstance(value, tuple) else str(value)
