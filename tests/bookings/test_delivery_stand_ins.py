"""Mails whose people come and go: somebody who belongs to the organisation gets each, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings

from bookings import delivery, lifecycle
from bookings.models import Booking, Membership, Role, User
from tests.bookings.test_delivery import FAR, HOUR, point_at, requested
from tests.smtp_sink import Sink
from tests.world import NOW, World


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    with Sink() as sink:
        point_at(settings, sink)
        yield sink


def test_whoever_stands_in_gets_the_mail_of_one_who_left(world: World, sink: Sink) -> None:
    requested(world)
    heir = User.objects.create_user("heir@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=heir, role=Role.OWNER)
    world.ours.owner.memberships.all().delete()
    outcome = delivery.deliver_due(at=FAR.starts_at - timedelta(days=30))
    assert outcome == {"withdrawn": 1, "sent": 1}
    assert [message["To"] for message in sink.messages] == ["heir@aurora.example"]


def test_whoever_left_and_is_back_is_reminded_again(world: World, sink: Sink) -> None:
    """What was withdrawn when others stood in for them is theirs anew, though the booking did not change since."""
    person = User.objects.create_user("back@aurora.example", "a long enough password")
    belongs = {"organisation": world.ours.organisation, "user": person, "role": Role.BOOKER}
    Membership.objects.create(**belongs)
    booking = requested(world)
    Booking.objects.filter(pk=booking.pk).update(created_by=person)

    def change(crew: int) -> None:
        lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes={"crew": crew}, at=NOW)

    change(1)  # theirs by now
    Membership.objects.filter(user=person).delete()
    change(2)  # the owner stands in
    Membership.objects.create(**belongs)
    delivery.deliver_due(at=NOW)
    sink.messages.clear()
    for ahead in (timedelta(days=30), timedelta(days=7), timedelta(hours=24), HOUR):
        for _ in range(2):
            delivery.deliver_due(at=FAR.starts_at - ahead)
    assert [message["To"] for message in sink.messages] == ["back@aurora.example"] * 4
