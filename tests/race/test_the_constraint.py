"""What stops a double booking: not our look before the claim, and not the locks, but PostgreSQL.

The locks are switched off here, and every client has looked, and seen the time free, before any of them writes. With
the exclusion constraint one of them gets it; without it, all of them do: the same race, and it does book twice.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection

from bookings import occupancy
from bookings.models import Booking, Claim
from bookings.occupancy import ALONE
from bookings.states import Status
from modules import locking
from tests.race.field import Field, check, occupants, told
from tests.threads import PATIENCE_S, race

SLOTS, CLIENTS = 5, 8
LOCKS = (locking.own_module, locking.sharing_module, locking.owning_days)
NO_LOCK = ("SELECT 1", [])


@pytest.fixture
def unguarded(field: Field, monkeypatch: pytest.MonkeyPatch) -> Field:
    """No lock is taken, and nobody claims before all have looked."""
    for module in [module for name, module in sys.modules.items() if name.startswith(("bookings.", "modules."))]:
        for lock in LOCKS:
            if getattr(module, lock.__name__, None) is lock:
                monkeypatch.setattr(module, lock.__name__, lambda *args: NO_LOCK)
    looked, look = threading.Barrier(CLIENTS), occupancy.seat_new

    def look_and_wait(*args: Any, **kwargs: Any) -> int:
        rank = look(*args, **kwargs)
        looked.wait(PATIENCE_S)
        return rank

    monkeypatch.setattr(occupancy, "seat_new", look_and_wait)
    return field


@pytest.fixture
def without_the_constraint(unguarded: Field) -> Iterator[Field]:
    constraint = next(each for each in Claim._meta.constraints if each.name == ALONE)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Claim, constraint)
    yield unguarded
    Booking.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Claim, constraint)


def run(field: Field) -> list[dict[str, int]]:
    def reserve(slot: int, lane: int) -> Booking:
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '20ms'")  # those who wait for each other need not wait long
        return field.reserve(slot, lane, Status.REQUESTED)

    return [
        told(outcomes) for outcomes in race([[partial(reserve, s, c) for c in range(CLIENTS)] for s in range(SLOTS)])
    ]


def test_with_the_constraint_one_gets_the_time_though_all_saw_it_free(unguarded: Field) -> None:
    assert run(unguarded) == [{"requested 1": 1, "slot_taken": CLIENTS - 1}] * SLOTS
    check(range(SLOTS))


def test_without_the_constraint_the_same_race_books_twice(without_the_constraint: Field) -> None:
    assert run(without_the_constraint) == [{"requested 1": CLIENTS}] * SLOTS
    assert [occupants(slot) for slot in range(SLOTS)] == [CLIENTS] * SLOTS
