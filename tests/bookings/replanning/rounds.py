"""A round of offers, step by step: bookings confirmed, a closure, a plan, the offer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bookings import lifecycle, replanning
from bookings.models import Booking, Proposal, Rebooking
from bookings.states import Status
from modules import operations
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
AROUND = span("03-10 08:00", 6)
ANSWER_BY = NOW + timedelta(days=3)


def close(world: World, window=AROUND, *, zones: tuple[str, ...] = ()) -> None:
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="visiting_vehicle",
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        zones=list(world.module.zones.filter(slug__in=zones)),
    )
    replanning.apply(world.module, change, reason="Progress docks.", actor=world.staff, at=NOW)


def plan(world: World, *bookings: Booking, **said) -> Rebooking:
    said = {"reason": "Progress docks.", "answer_by": ANSWER_BY, "actor": world.staff, "at": NOW} | said
    return replanning.plan(world.module, [booking.pk for booking in bookings], **said)


def offered(world: World, *bookings: Booking) -> list[Proposal]:
    round_ = replanning.offer(plan(world, *bookings).pk, actor=world.staff, at=NOW)
    return list(round_.proposals.order_by("position"))


def fresh(booking: Booking) -> Booking:
    return Booking.objects.get(pk=booking.pk)


def confirmed(world: World, window=WINDOW, **said) -> Booking:
    booking = world.reserve(window, status=Status.REQUESTED, **said)
    return lifecycle.confirm(actor=world.staff, booking_id=booking.pk, concurrence="Axiom, by voice", at=NOW)
