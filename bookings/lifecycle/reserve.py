"""A new booking: a hold that takes its rank, or a request for time that nobody holds; and what it would cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from bookings import occupancy, outbox, pricing, reminders
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import Refusal
from bookings.lifecycle import record
from bookings.lifecycle.alternatives import offering_alternatives
from bookings.lifecycle.clockwork import clear_expired
from bookings.lifecycle.survey import Ground, check, module_of, price, production_for, survey
from bookings.models import Booking, Production, RateCard
from bookings.ratecards import card_for
from bookings.references import new_reference
from bookings.states import Action, Status
from modules.locking import own_days, own_module, share_module
from modules.models import FlightRules, Module, Phase


def quote(*, actor: Actor, draft: Draft, at: datetime) -> pricing.Quote:
    """What `draft` would cost, where the rules allow it. No effect."""
    production_for(actor, draft)
    module = module_of(draft)
    ground = survey(draft, module)
    return price(draft, ground, check(draft, ground, at=at), card_for(module, at))


def reserve(*, actor: Actor, draft: Draft, status: Status = Status.HELD, at: datetime) -> Booking:
    """Hold or request `draft`; raises a Refusal and does nothing where it cannot be had."""
    production = production_for(actor, draft)
    module = module_of(draft)
    with offering_alternatives(draft, module, at=at):
        clear_expired(module, draft.span, at=at)
        with transaction.atomic():
            share_module(module.pk)
            return _reserve(actor, draft, production, module, status, at)


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
                with offering_alternatives(draft, module, at=at), transaction.atomic():
                    clear_expired(module, draft.span, at=at)
                    made.append(_reserve(actor, draft, production, module, status, at, batch=batch))
            except Refusal as refusal:
                refusal.extra["index"] = index
                raise
    return made


def _reserve(
    actor: Actor,
    draft: Draft,
    production: Production,
    module: Module,
    status: Status,
    at: datetime,
    *,
    batch: UUID | None = None,
) -> Booking:
    ground = survey(draft, module)
    phase = check(draft, ground, at=at)
    period = occupancy.buffered(draft.span, phase.rules.turnaround)
    own_days(module.pk, period)
    booking = _draw_up(actor, draft, production, ground, phase, status, at)
    booking.batch = batch
    booking.arrival = occupancy.next_arrival()
    booking.rank = occupancy.seat(booking, ground.zone_ids, period, must_be_free=status != Status.HELD)
    occupancy.check_capacity(load_of(draft, ground), occupancy.loads(module.pk, draft.span), phase.rules)
    booking.save(force_insert=True)
    occupancy.claim(booking, ground.zone_ids, period, booking.rank)
    _tell(booking, actor=actor, at=at)
    return booking


def _tell(booking: Booking, *, actor: Actor, at: datetime) -> None:
    record.history(booking, Action.CREATE, actor=actor, at=at, from_status="", detail={"rank": booking.rank})
    reminders.sync(booking, at=at, fresh=True)
    if booking.status == Status.REQUESTED:
        outbox.promise(booking, "requested", at=at, once=str(booking.version))


def _draw_up(
    actor: Actor,
    draft: Draft,
    production: Production,
    ground: Ground,
    phase: Phase,
    status: Status,
    at: datetime,
) -> Booking:
    booking = Booking(
        reference=new_reference(),
        organisation=production.organisation,
        module=ground.module,
        status=status,
        created_at=at,
        updated_at=at,
        created_by=actor.user,
    )
    fill(booking, draft, production, phase)
    set_price(booking, draft, ground, phase, card_for(ground.module, at))
    if status == Status.HELD:
        booking.hold_until = booking.hold_expires_at = hold_end(phase.rules, booking)
    return booking


def fill(booking: Booking, draft: Draft, production: Production, phase: Phase) -> None:
    """Put what was asked for into the booking."""
    booking.production, booking.phase, booking.agreed_phase = production, phase, None
    booking.starts_at, booking.ends_at = draft.span.starts_at, draft.span.ends_at
    booking.activity, booking.conditions = draft.activity, draft.conditions
    booking.crew, booking.power_kw, booking.downlink_mbps = draft.crew, draft.power_kw, draft.downlink_mbps


def set_price(booking: Booking, draft: Draft, ground: Ground, phase: Phase, card: RateCard) -> None:
    quoted = price(draft, ground, phase, card)
    booking.rate_card, booking.price = card, quoted.as_json()
    booking.price_total, booking.currency = quoted.total, quoted.currency


def hold_end(rules: FlightRules, booking: Booking) -> datetime:
    """When a hold ends: after the hold time, and not so late that the lead time is gone.

    A hold made at the last moment still gets half of what is left to its start, or it would end as it began.
    """
    in_time = booking.starts_at - rules.lead_time
    half_way = booking.created_at + (booking.starts_at - booking.created_at) / 2
    return min(booking.created_at + rules.hold_time, max(in_time, half_way))


def load_of(draft: Draft, ground: Ground) -> occupancy.Load:
    return occupancy.Load(frozenset(ground.zone_ids), draft.span, draft.crew, draft.power_kw, draft.downlink_mbps)
