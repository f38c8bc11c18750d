"""A new booking: a hold that takes its rank, or a request for time that nobody holds; and what it would cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bookings import measures, occupancy, outbox, pricing, reminders, webhooks
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import HoldRanksFull, OverCapacity, Refusal, SlotTaken
from bookings.lifecycle import record
from bookings.lifecycle.alternatives import offering_alternatives
from bookings.lifecycle.clockwork import clear_expired, expired_near
from bookings.lifecycle.drawing import check_capacity, fill, hold_end, price, set_price
from bookings.lifecycle.orbit import check_orbit, keep
from bookings.lifecycle.survey import Ground, Outdated, check, module_of, production_for, survey, survey_sharing
from bookings.models import Booking, Production, User
from bookings.ratecards import card_for
from bookings.references import new_reference
from bookings.states import Action, Status
from modules.intervals import Span
from modules.locking import own_module
from modules.models import Phase
from modules.prepared import Insert


def quote(*, actor: Actor, draft: Draft, at: datetime) -> pricing.Quote:
    """What `draft` would cost, where the rules allow it. No effect."""
    production_for(actor, draft)
    module = module_of(draft)
    ground = survey(draft, module)
    phase = check(draft, ground, at=at)
    check_orbit(draft, module)
    return price(draft, ground, phase, card_for(module, at))


def reserve(*, actor: Actor, draft: Draft, status: Status = Status.HELD, at: datetime) -> Booking:
    """Hold or request `draft`; raises a Refusal and does nothing where it cannot be had."""
    production = production_for(actor, draft)

    def attempt() -> Booking:
        return _reserve(actor, draft, production, survey_sharing(draft), status, at)

    with offering_alternatives(draft, at=at):
        try:
            return _whole(attempt)
        except (SlotTaken, HoldRanksFull, OverCapacity):
            if not clear_expired(module_of(draft).pk, draft.span, at=at):
                raise
        return _whole(attempt)


def reserve_all(*, actor: Actor, drafts: Sequence[Draft], status: Status = Status.HELD, at: datetime) -> list[Booking]:
    """Several windows as one, all or none: a shoot of five nights. A refusal names which (`extra["index"]`).

    The modules are owned, lowest id first, instead of shared: days could not be taken in one order otherwise.
    """
    modules = [module_of(draft) for draft in drafts]
    productions = [production_for(actor, draft) for draft in drafts]
    batch, made = uuid4(), []
    with transaction.atomic():
        for pk in sorted({module.pk for module in modules}):
            own_module(pk)
        for index, (draft, production, module) in enumerate(zip(drafts, productions, modules, strict=True)):
            try:
                with offering_alternatives(draft, at=at):
                    clear_expired(module.pk, draft.span, at=at)
                    ground = survey(draft, module)
                    part = partial(_reserve, actor, draft, production, ground, status, at, batch=batch)
                    made.append(_whole(part))
            except Refusal as refusal:
                refusal.extra["index"] = index
                raise
    return made


def hold_owned(booking: Booking, draft: Draft, *, until: datetime, actor: Actor, at: datetime) -> Booking:
    """Hold `draft` until then for whoever made `booking`. The module must be owned."""
    ground = survey(draft, booking.module)
    hold = partial(_reserve, actor, draft, booking.production, ground, Status.HELD, at)
    return _whole(partial(hold, made_by=booking.created_by, until=until))


def _whole(attempt: Callable[[], Booking]) -> Booking:
    """What `attempt` makes, or nothing of it. References are drawn at random: where one is in use, all begins anew."""
    while True:
        try:
            with transaction.atomic():
                return attempt()
        except Outdated:
            continue
        except IntegrityError as error:
            if "reference" not in str(error):
                raise


def _reserve(
    actor: Actor,
    draft: Draft,
    production: Production,
    ground: Ground,
    status: Status,
    at: datetime,
    *,
    batch: UUID | None = None,
    made_by: User | None = None,
    until: datetime | None = None,
) -> Booking:
    module = ground.module
    phase = check(draft, ground, at=at)
    outlook = check_orbit(draft, module)
    period = occupancy.buffered(draft.span, phase.rules.turnaround)
    booking = _draw_up(made_by or actor.user, draft, production, ground, phase, status, at, until)
    booking.batch = batch
    keep(booking, outlook, at=at)
    booking.rank = occupancy.seat_new(
        module.pk, ground.zone_ids, period, must_be_free=status != Status.HELD, rank=ground.rank
    )
    if booking.rank > 1 and expired_near(module.pk, draft.span, at=at):
        raise SlotTaken(_("A hold that has lapsed is in the way."))
    check_capacity(draft, ground, phase)
    _write(booking, ground, period, actor=actor, at=at)
    booking.zone_list = sorted(ground.zones, key=lambda zone: (zone.position, zone.slug))
    return booking


def _write(booking: Booking, ground: Ground, period: Span, *, actor: Actor, at: datetime) -> None:
    """The booking, its claims, its line of history and what is promised of it: all in one journey to PostgreSQL."""
    people = outbox.recipients(booking)
    promises = reminders.of_new(booking, people, at=at)
    if booking.status == Status.REQUESTED:
        promises += outbox.promises_of(booking, "requested", people, at=at, once=str(booking.version))
    detail = {"rank": booking.rank}
    line = record.line_of(booking, Action.CREATE, actor=actor, at=at, from_status="", detail=detail)
    with occupancy.telling_overlaps():
        webhooks.insert_and_announce(
            (occupancy.NEW_CLAIMS, occupancy.claims_of(booking, ground.zone_ids, period)),
            (record.NEW_LINES, [line]),
            (outbox.Promises(booking, at=at), promises),
            (_NEW_BOOKINGS, [booking]),
            booking=booking,
            action=Action.CREATE,
            from_status="",
            at=at,
        )
    measures.changed(Action.CREATE, booking.status, actor.via)


_NEW_BOOKINGS = Insert(Booking)


def _draw_up(
    made_by: User | None,
    draft: Draft,
    production: Production,
    ground: Ground,
    phase: Phase,
    status: Status,
    at: datetime,
    until: datetime | None,
) -> Booking:
    booking = Booking(
        reference=new_reference(),
        organisation=production.organisation,
        module=ground.module,
        status=status,
        created_at=at,
        updated_at=at,
        created_by=made_by,
    )
    fill(booking, draft, production, phase)
    set_price(booking, draft, ground, phase, card_for(ground.module, at, revision=ground.revision))
    if status == Status.HELD:
        booking.hold_until = booking.hold_expires_at = hold_end(phase.rules, booking, at=at, until=until)
    return booking
