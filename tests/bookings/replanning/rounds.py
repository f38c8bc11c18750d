"""A round of offers, step by step: bookings confirmed, a closure, a plan, the offer."""

from __future__ import annotations

from datetime import timedelta

from bookings import lifecycle, replanning
from bookings.models import Booking, Proposal, Rebooking
from bookings.states import Status
from tests.bookings.replanning.revising import REASON, WINDOW, closing
from tests.world import NOW, World, span

AROUND = span("03-10 08:00", 6)
ANSWER_BY = NOW + timedelta(days=3)


def close(world: World, window=AROUND, *, zones: tuple[str, ...] = ()) -> None:
    replanning.apply(world.module, closing(world, window, zones), reason=REASON, actor=world.staff, at=NOW)


def plan(world: World, *bookings: Booking, **said) -> Rebooking:
    said = {"reason": REASON, "answer_by": ANSWER_BY, "actor": world.staff, "at": NOW} | said
    return replanning.plan(world.module, [booking.pk for booking in bookings], **said)


def offered(world: World, *bookings: Booking) -> list[Proposal]:
    round_ = replanning.offer(plan(world, *bookings).pk, actor=world.staff, at=NOW)
    return list(round_.proposals.order_by("position"))


def fresh(booking: Booking) -> Booking:
    return Booking.objects.get(pk=booking.pk)


def confirmed(world: World, window=WINDOW, **said) -> Booking:
    booking = world.reserve(window, status=Status.REQUESTED, **said)
    return lifecycle.confirm(actor=world.staff, booking_id=booking.pk, concurrence="Axiom, by voice", at=NOW)
