"""Following along misses nothing, even what commits out of order."""

import threading

import pytest
from django.db import connection, transaction

from bookings import lifecycle
from bookings.changes import changes_since
from bookings.models import Transition
from tests.world import NOW, World, build, span


def test_changes_come_in_order_and_only_ones_own(world: World) -> None:
    mine = world.reserve(span("03-10 10:00"))
    world.reserve(span("03-12 10:00"), by=world.theirs)
    lifecycle.release(actor=world.ours.actor, booking_id=mine.pk, at=NOW)
    seen = list(changes_since(world.ours.actor, 0))
    assert [change.action for change in seen] == ["create", "release"]
    assert list(changes_since(world.ours.actor, seen[0].position)) == [seen[1]]
    assert changes_since(world.staff, 0).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_later_than_a_later_one_is_not_missed() -> None:
    world = build()
    begun, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            world.reserve(span("03-10 10:00"))
            begun.set()
            finish.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    quick = world.reserve(span("03-20 10:00"))
    first = list(changes_since(world.ours.actor, 0))
    assert [change.booking for change in first] == [quick]
    finish.set()
    thread.join()
    later = list(changes_since(world.ours.actor, first[-1].position))
    assert len(later) == 1
    assert later[0].pk < first[0].pk, "made earlier, seen later, not missed"
    assert Transition.objects.filter(position__isnull=True).count() == 0
