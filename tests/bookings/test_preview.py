"""What a change would do is what it does, and looking leaves no trace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings import lifecycle
from bookings.exceptions import NotAllowed, NotFound, RuleBroken, SlotTaken
from bookings.models import Booking, Mail, Membership, Role, Transition, WebhookDelivery
from bookings.states import Status
from modules.intervals import Span
from tests.bookings.invariants import check
from tests.world import NOW, World, span

WINDOW, ELSEWHERE = span("05-10 10:00"), span("05-20 14:00", 3)


def to(window: Span, **more: Any) -> dict[str, Any]:
    return {"starts_at": window.starts_at, "ends_at": window.ends_at, **more}


def everything() -> list[Any]:
    """All that a change writes."""
    bookings = Booking.objects.order_by("pk").values_list("pk", "version", "status", "rank", "starts_at", "arrival")
    return [
        list(bookings),
        list(Mail.objects.order_by("pk").values_list("pk", "state", "due_at")),
        Transition.objects.count(),
        WebhookDelivery.objects.count(),
    ]


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (Status.HELD, to(ELSEWHERE)),
        (Status.HELD, to(Span(WINDOW.starts_at, WINDOW.ends_at - timedelta(minutes=30)))),
        (Status.REQUESTED, to(ELSEWHERE, crew=2)),
        (Status.CONFIRMED, to(ELSEWHERE)),
        (Status.CONFIRMED, {"crew": 1}),
        (Status.CONFIRMED, {}),
    ],
)
def test_it_comes_out_as_foreseen(world: World, status: Status, changes: dict[str, Any]) -> None:
    booking = world.reserve(WINDOW, status=Status.HELD if status == Status.HELD else Status.REQUESTED)
    if status == Status.CONFIRMED:
        booking = lifecycle.confirm(
            actor=world.staff, booking_id=booking.pk, version=booking.version, concurrence="Axiom", at=NOW
        )
    world.reserve(ELSEWHERE, by=world.theirs, zones=("studio",))
    asked: dict[str, Any] = {"actor": world.ours.actor, "booking_id": booking.pk, "changes": changes, "at": NOW}
    was = everything()
    seen = lifecycle.preview_change(**asked)
    assert everything() == was
    lifecycle.change(**asked)
    after = lifecycle.preview_change(**asked | {"changes": {}})
    assert after.before == seen.after
    assert seen.before.status == status


def test_it_foresees_the_place_in_the_line(world: World) -> None:
    world.reserve(ELSEWHERE, by=world.theirs)
    booking = world.reserve(WINDOW)
    behind = world.reserve(WINDOW, by=world.theirs)
    seen = lifecycle.preview_change(actor=world.ours.actor, booking_id=booking.pk, changes=to(ELSEWHERE), at=NOW)
    assert (seen.before.rank, seen.after.rank) == (1, 2)
    behind.refresh_from_db()
    assert behind.rank == 2
    check(NOW)


def test_reminders_come_at_other_times_or_no_more(world: World) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    soon = span("03-06 10:00")
    seen = lifecycle.preview_change(actor=world.ours.actor, booking_id=booking.pk, changes=to(soon), at=NOW)
    week, day = timedelta(days=7), timedelta(hours=24)
    told = {kind: (before, after) for kind, before, after in seen.reminders()}
    assert told["reminder_7_days"] == (WINDOW.starts_at - week, None)
    assert told["reminder_24_hours"] == (WINDOW.starts_at - day, soon.starts_at - day)
    unchanged = lifecycle.preview_change(actor=world.ours.actor, booking_id=booking.pk, changes={"crew": 1}, at=NOW)
    assert unchanged.reminders() == []


def test_it_is_refused_as_the_change_would_be(world: World) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    world.reserve(ELSEWHERE, by=world.theirs)
    was = everything()
    with pytest.raises(SlotTaken) as refusal:
        lifecycle.preview_change(actor=world.ours.actor, booking_id=booking.pk, changes=to(ELSEWHERE), at=NOW)
    assert refusal.value.extra["alternatives"]
    with pytest.raises(RuleBroken):
        lifecycle.preview_change(actor=world.ours.actor, booking_id=booking.pk, changes={"crew": 90}, at=NOW)
    with pytest.raises(NotFound):
        lifecycle.preview_change(actor=world.theirs.actor, booking_id=booking.pk, changes={}, at=NOW)
    Membership.objects.filter(user=world.ours.owner).update(role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        lifecycle.preview_change(actor=world.ours.actor, booking_id=booking.pk, changes={}, at=NOW)
    assert everything() == was
