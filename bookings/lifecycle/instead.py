"""A booking's way to another window that is kept for it: hold the window, then let the booking take the hold's place.

The hold is an ordinary one: it has its rank, others can wait behind it and challenge it, and it ends by itself. It
waits behind nobody but the booking that it is for, where the two windows overlap. When the booking takes it over, it
stands where the hold stood in the order of arrival, so that nobody who came after the hold comes before the booking.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import occupancy
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import NotFound, SlotTaken
from bookings.lifecycle import record
from bookings.lifecycle.actions import draft_of, known, writing
from bookings.lifecycle.change import differences, reprice
from bookings.lifecycle.clockwork import clear_expired
from bookings.lifecycle.drawing import check_capacity, fill, hold_end, price
from bookings.lifecycle.ending import close, drop_challenges_by, end, move_up, reset_expiry
from bookings.lifecycle.orbit import check_orbit, keep
from bookings.lifecycle.reserve import hold_owned
from bookings.lifecycle.survey import Ground, check, survey
from bookings.models import Booking, Challenge, Claim
from bookings.ratecards import card_for
from bookings.states import Action, Status
from modules.intervals import Span
from modules.models import Phase

Footprint = tuple[list[int], Span]


def hold_instead(booking: Booking, draft: Draft, *, until: datetime, actor: Actor, at: datetime) -> Booking:
    """Hold `draft` for the people of `booking` until then, or as long as its window allows. The module must be owned.

    Raises a Refusal, and does nothing, where it cannot be had at once.
    """
    with transaction.atomic():
        clear_expired(booking.module_id, draft.span, at=at, but=booking.pk)
        hold = hold_owned(booking, draft, until=until, actor=actor, at=at)
        zone_ids, period = occupancy.footprint(hold)
        before = Claim.objects.standing().touching(period).filter(zone_id__in=zone_ids)
        if before.exclude(booking__in=(hold.pk, booking.pk)).filter(booking__arrival__lt=hold.arrival).exists():
            raise SlotTaken(str(occupancy.TAKEN))
    return hold


def let_go(hold: Booking, *, why: str, actor: Actor, at: datetime, notify: bool = True) -> None:
    """End a hold that was made for a proposal; `why` is what became of that. The module must be owned."""
    lapsed = hold.hold_expires_at is not None and hold.hold_expires_at <= at
    end(hold, Action.EXPIRE if lapsed else Action.RELEASE, actor=actor, at=at, detail={"proposal": why}, notify=notify)


def take_over(*, actor: Actor, booking_id: UUID, hold_id: UUID, at: datetime, version: int | None = None) -> Booking:
    """Move a booking into the place of a hold of its own organisation, which is released by it.

    A confirmed booking is requested anew, as with every move. Lead time was kept when the time was held.
    """
    with writing(actor, booking_id, version, at=at) as booking:
        hold = Booking.objects.for_writing().filter(pk=hold_id, organisation=booking.organisation_id).first()
        if hold is None or hold.module_id != booking.module_id:
            raise NotFound(_("There is no such hold among yours."))
        record.status_after(hold, Action.RELEASE, at=at)
        was, before = booking.status, draft_of(booking)
        draft = before.changed(zones=draft_of(hold).zones, starts_at=hold.starts_at, ends_at=hold.ends_at)
        booking.status = record.status_after(booking, Action.MOVE, at=at)
        booking.fee_kept = Decimal(0)  # it goes where we asked it to go
        ground = survey(draft, booking.module)
        phase = check(draft, ground, at=at, lead=False)
        outlook = check_orbit(draft, booking.module)
        _swap(booking, hold, draft, ground, phase, actor=actor, at=at)
        reprice(booking, before, draft, ground, phase, at)
        keep(booking, outlook, at=at)
        detail = {**differences(before, draft), "proposal": "accepted"}
        record.write(booking, Action.MOVE, actor=actor, at=at, from_status=was, detail=detail)
    return booking


def quote_take_over(
    *, actor: Actor, booking_id: UUID, zones: Sequence[str], window: Span, at: datetime
) -> dict[str, Any]:
    """The price that the booking would have at the window that is held for it. No effect."""
    before = known(actor, booking_id)
    draft = before.changed(zones=tuple(zones), starts_at=window.starts_at, ends_at=window.ends_at)
    booking = Booking.objects.visible_to(actor).select_related("rate_card", "module").get(pk=booking_id)
    ground = survey(draft, booking.module)
    phase = check(draft, ground, at=at, lead=False)
    return price(draft, ground, phase, booking.rate_card or card_for(booking.module, at)).as_json()


def _swap(
    booking: Booking, hold: Booking, draft: Draft, ground: Ground, phase: Phase, *, actor: Actor, at: datetime
) -> None:
    left, place = occupancy.footprint(booking), occupancy.footprint(hold)
    until = hold.hold_until
    _give_up(hold, booking, actor=actor, at=at)
    check_capacity(draft, ground, phase, but=booking.pk)
    fill(booking, draft, booking.production, phase)
    booking.attention = []
    _stand(booking, hold.arrival, place)
    close(booking.challenges_met.all(), Challenge.Outcome.LAPSED, at=at)
    _hold_on(booking, hold, phase, until=until, at=at)
    drop_challenges_by(booking, at=at)
    drop_challenges_by(hold, at=at)
    move_up([left, place], at=at)


def _give_up(hold: Booking, booking: Booking, *, actor: Actor, at: datetime) -> None:
    """The hold's end without anybody's moving up: its place is taken in the same breath."""
    occupancy.withdraw(hold)
    hold.status = Status.RELEASED
    hold.rank = hold.hold_until = hold.hold_expires_at = None
    detail = {"proposal": "accepted", "booking": booking.reference}
    record.write(hold, Action.RELEASE, actor=actor, at=at, from_status=Status.HELD, detail=detail, notify=False)


def _stand(booking: Booking, arrival: int, place: Footprint) -> None:
    """A window that stands keeps the turnaround that it was given, here the hold's."""
    zone_ids, period = place
    occupancy.withdraw(booking)
    booking.arrival = arrival
    booking.rank = occupancy.seat(zone_ids, period, must_be_free=booking.status != Status.HELD, before=arrival)
    booking.save(update_fields=["arrival", "rank"])  # as those behind will see it when they move up
    occupancy.reclaim(booking, zone_ids, period, booking.rank)


def _hold_on(booking: Booking, hold: Booking, phase: Phase, *, until: datetime | None, at: datetime) -> None:
    """Who challenged the hold has challenged the booking; where that is a request now, the challenge is met."""
    if booking.status != Status.HELD:
        booking.concurrence, booking.concurrence_at = "", None
        close(hold.challenges_met.all(), Challenge.Outcome.MET, at=at)
        return
    known = booking.challenges_met.values("challenger")
    open_ones = hold.challenges_met.filter(outcome=Challenge.Outcome.OPEN)
    open_ones.exclude(challenger__in=known).exclude(challenger=booking).update(challenged=booking)
    close(hold.challenges_met.all(), Challenge.Outcome.LAPSED, at=at)
    ends = hold_end(phase.rules, booking, at=at)
    booking.hold_until = max(ends, until) if until else ends
    reset_expiry(booking)
