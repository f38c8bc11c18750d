"""What is done with a booking that is there: request, confirm, decline, cancel, release, challenge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import occupancy
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import (
    FeeChanged,
    FieldError,
    Invalid,
    InvalidTransition,
    NotAllowed,
    NotFound,
    SlotTaken,
    StaleVersion,
)
from bookings.lifecycle import record
from bookings.lifecycle.alternatives import offering_alternatives
from bookings.lifecycle.clockwork import clear_expired
from bookings.lifecycle.drawing import check_capacity
from bookings.lifecycle.ending import close, end, reset_expiry
from bookings.lifecycle.orbit import still_unmet
from bookings.lifecycle.survey import check, survey
from bookings.models import Booking, Challenge
from bookings.ratecards import fee_to_cancel
from bookings.states import Action, Status
from bookings.wording import money
from modules.intervals import Span
from modules.locking import own_module
from modules.models import Zone


def draft_of(booking: Booking, zones: Sequence[Zone] | None = None) -> Draft:
    """The draft that the booking is the answer to; `zones` are its own, where they were read before."""
    return Draft(
        production_id=booking.production_id,
        zones=tuple(zone.slug for zone in (booking.zones.all() if zones is None else zones)),
        activity=booking.activity,
        span=Span(booking.starts_at, booking.ends_at),
        crew=booking.crew,
        power_kw=booking.power_kw,
        downlink_mbps=booking.downlink_mbps,
        media_return_kg=booking.media_return_kg,
        conditions=booking.conditions,
        module=booking.module.slug,
    )


@contextmanager
def writing(
    actor: Actor, booking_id: UUID, version: int | None, *, at: datetime, staff: bool = False
) -> Iterator[Booking]:
    """The booking to write, its module owned, the actor's right to it and the version they read checked.

    Holds near it that have lapsed are cleared first: they stand in nobody's way, whether the clock has come by or not.
    """
    found = Booking.objects.visible_to(actor).filter(pk=booking_id).values_list("module_id", "organisation_id")
    if not found:
        raise NotFound(_("There is no such booking among yours."))
    module_id, organisation_id = found[0]
    if staff and not actor.decides:
        raise NotAllowed(_("Only SEE-1 staff who handle bookings do this."))
    if not actor.may_book_for(organisation_id):
        raise NotAllowed(_("You may look at this organisation's bookings, but not change them."))
    with transaction.atomic():
        own_module(module_id)
        booking = Booking.objects.for_writing().get(pk=booking_id)
        if version is not None and booking.version != version:
            raise StaleVersion(
                _("%(booking)s has changed since you read it. Read it again, then decide.")
                % {"booking": booking.reference}
            )
        if clear_expired(module_id, booking.span, at=at, but=booking_id):
            booking = Booking.objects.for_writing().get(pk=booking_id)
        yield booking


def request(*, actor: Actor, booking_id: UUID, at: datetime, version: int | None = None) -> Booking:
    """Turn a hold that stands first into a request for staff's confirmation."""
    draft = known(actor, booking_id)
    with offering_alternatives(draft, at=at), writing(actor, booking_id, version, at=at) as booking:
        status = record.status_after(booking, Action.REQUEST, at=at)
        if booking.rank != 1:
            raise SlotTaken(
                _(
                    "Your hold stands at rank %(rank)s: the time is another's until they release it. "
                    "Challenge them, or choose another time."
                )
                % {"rank": booking.rank}
            )
        _check_anew(booking, at=at)
        before, booking.status = booking.status, status
        booking.hold_until = booking.hold_expires_at = None
        record.write(booking, Action.REQUEST, actor=actor, at=at, from_status=before)
        close(booking.challenges_met, Challenge.Outcome.MET, at=at)
    return booking


def confirm(
    *, actor: Actor, booking_id: UUID, at: datetime, concurrence: str = "", version: int | None = None
) -> Booking:
    """Staff's yes; while docked with the host's concurrence: who gave it, and how."""
    with writing(actor, booking_id, version, at=at, staff=True) as booking:
        status = record.status_after(booking, Action.CONFIRM, at=at)
        if booking.phase.rules.requires_concurrence and not concurrence.strip():
            detail = _("While docked, the host concurs first: say who concurred, and how.")
            raise Invalid([FieldError("concurrence", "required", detail)])
        _check_anew(booking, at=at)
        before, booking.status = booking.status, status
        booking.concurrence, booking.concurrence_at = concurrence.strip(), at
        booking.fee_kept = Decimal(0)
        detail_json = {"concurrence": booking.concurrence} if booking.concurrence else {}
        record.write(booking, Action.CONFIRM, actor=actor, at=at, from_status=before, detail=detail_json)
    return booking


def decline(*, actor: Actor, booking_id: UUID, at: datetime, reason: str, version: int | None = None) -> Booking:
    """Staff's no, with the reason that the producer is told."""
    with writing(actor, booking_id, version, at=at, staff=True) as booking:
        if not reason.strip():
            raise Invalid([FieldError("reason", "required", _("Say why: the producer is told."))])
        end(booking, Action.DECLINE, actor=actor, at=at, detail={"reason": reason.strip()})
    return booking


def cancel(
    *,
    actor: Actor,
    booking_id: UUID,
    at: datetime,
    reason: str = "",
    agreed_fee: Decimal | None = None,
    version: int | None = None,
) -> Booking:
    """Give up a booking, or a hold, for good. What that costs by the card's terms stands in the history.

    Refuses (FeeChanged) where it costs more than `agreed_fee`, in the booking's currency; None agrees to any.
    """
    with writing(actor, booking_id, version, at=at) as booking:
        detail = {"reason": reason.strip()} if reason.strip() else {}
        fee = fee_to_cancel(booking, at=at)
        if agreed_fee is not None and fee > agreed_fee:
            sentence = _(
                "Cancelling %(booking)s costs %(fee)s by now, more than the %(agreed)s agreed to. Nothing was done."
            )
            said = {
                "booking": booking.reference,
                "fee": money(fee, booking.currency),
                "agreed": money(agreed_fee, booking.currency),
            }
            raise FeeChanged(
                sentence % said,
                fee=f"{fee:.2f}",
                currency=booking.currency,
            )
        if fee:
            detail |= {"fee": str(fee), "currency": booking.currency}
        end(booking, Action.CANCEL, actor=actor, at=at, detail=detail or None)
    return booking


def release(*, actor: Actor, booking_id: UUID, at: datetime, version: int | None = None) -> Booking:
    """Let a hold go; whoever waits behind it moves up."""
    with writing(actor, booking_id, version, at=at) as booking:
        end(booking, Action.RELEASE, actor=actor, at=at)
    return booking


def challenge(*, actor: Actor, booking_id: UUID, at: datetime, version: int | None = None) -> Booking:
    """Challenge every hold before this one: each must request in time, or expires. Once per pair."""
    with writing(actor, booking_id, version, at=at) as booking:
        record.status_after(booking, Action.CHALLENGE, at=at)
        if not holds_before(booking):
            raise InvalidTransition(
                _("No hold stands before %(booking)s, so there is nothing to challenge.")
                % {"booking": booking.reference}
            )
        fresh = unchallenged(booking)
        if not fresh:
            raise InvalidTransition(
                _("%(booking)s has challenged every hold before it already.") % {"booking": booking.reference}
            )
        deadline = at + booking.phase.rules.challenge_time
        for hold in fresh:
            _challenge(booking, hold, deadline=deadline, actor=actor, at=at)
        detail = {"deadline": deadline, "holds": len(fresh)}
        record.write(booking, Action.CHALLENGE, actor=actor, at=at, detail=detail)
    return booking


def _challenge(challenger: Booking, hold: Booking, *, deadline: datetime, actor: Actor, at: datetime) -> None:
    Challenge.objects.create(challenger=challenger, challenged=hold, issued_at=at, deadline=deadline)
    reset_expiry(hold)
    # Another organisation is never named: a hold behind has challenged, that is all there is to know.
    behind = Actor(label="A hold behind this one", via="task")
    assert hold.hold_expires_at is not None  # noqa: S101 - every hold ends
    # Its own time may be up before the challenge's: what is told is when it ends.
    detail = {"deadline": hold.hold_expires_at.isoformat()}
    record.write(hold, Action.CHALLENGED, actor=behind, at=at, detail=detail)


def can_challenge(booking: Booking) -> bool:
    """Whether `challenge` would find a hold before this one that it has not challenged yet."""
    return booking.status == Status.HELD and bool(unchallenged(booking))


def unchallenged(booking: Booking) -> list[Booking]:
    """The holds before this one that it has not challenged yet."""
    known = set(booking.challenges_made.values_list("challenged_id", flat=True))
    return [hold for hold in holds_before(booking) if hold.pk not in known]


def holds_before(booking: Booking) -> list[Booking]:
    zone_ids, period = occupancy.footprint(booking)
    return list(Booking.objects.for_writing().holds_claiming(zone_ids, period).filter(arrival__lt=booking.arrival))


def known(actor: Actor, booking_id: UUID) -> Draft:
    booking = Booking.objects.visible_to(actor).filter(pk=booking_id).select_related("module").first()
    if booking is None:
        raise NotFound(_("There is no such booking among yours."))
    return draft_of(booking)


def _check_anew(booking: Booking, *, at: datetime) -> None:
    """The rules and the capacity as they are now; lead time was kept when the time was asked for."""
    draft = draft_of(booking)
    ground = survey(draft, booking.module)
    phase = check(draft, ground, at=at, lead=False)
    check_capacity(draft, ground, phase, but=booking.pk)
    booking.phase, booking.agreed_phase = phase, None
    booking.attention = still_unmet(booking)
