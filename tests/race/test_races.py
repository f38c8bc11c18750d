"""Many clients want one window at the same moment, on connections of their own: one gets it, the others are told.

The sizes are those at which other booking systems were measured to book twice.
"""

from __future__ import annotations

from functools import partial

import pytest

from bookings.models import Booking
from bookings.states import Status
from tests.race.field import Field, check, told
from tests.threads import race

SIZES = pytest.mark.parametrize(("slots", "clients"), [(30, 2), (20, 8), (10, 64)])
pytestmark = pytest.mark.slow


@SIZES
def test_requesting_outright(field: Field, slots: int, clients: int) -> None:
    rounds = [
        [partial(field.reserve, slot, lane, Status.REQUESTED) for lane in range(clients)] for slot in range(slots)
    ]
    for outcomes in race(rounds):
        assert told(outcomes) == {"requested 1": 1, "slot_taken": clients - 1}
    check(range(slots))


@SIZES
def test_holding(field: Field, slots: int, clients: int) -> None:
    rounds = [[partial(field.reserve, slot, lane, Status.HELD) for lane in range(clients)] for slot in range(slots)]
    for outcomes in race(rounds):
        ranked = {f"held {rank}": 1 for rank in range(1, min(clients, 3) + 1)}
        assert told(outcomes) == ranked | ({"hold_ranks_full": clients - 3} if clients > 3 else {})
    check(range(slots))


@SIZES
def test_moving_there(field: Field, slots: int, clients: int) -> None:
    """Who has won is replaced by another who has not, for whoever moves on gives back what they had."""
    made = [field.reserve(100 + place, place % clients, Status.REQUESTED) for place in range(clients + slots)]
    waiting, spare = made[:clients], made[clients:]

    def move(slot: int, lane: int) -> Booking:
        moved = field.move(waiting[lane], slot, lane)
        waiting[lane] = spare.pop()
        return moved

    rounds = [[partial(move, slot, lane) for lane in range(clients)] for slot in range(slots)]
    for outcomes in race(rounds):
        assert told(outcomes) == {"requested 1": 1, "slot_taken": clients - 1}
    check(range(slots))


@SIZES
def test_holding_and_requesting_at_once(field: Field, slots: int, clients: int) -> None:
    def hold_and_request(slot: int, lane: int) -> Booking:
        return field.request(field.reserve(slot, lane, Status.HELD), lane)

    rounds = [[partial(hold_and_request, slot, lane) for lane in range(clients)] for slot in range(slots)]
    for outcomes in race(rounds):
        counts = told(outcomes)
        assert counts.pop("requested 1") == 1
        assert counts.total() == clients - 1
        assert set(counts) <= {"slot_taken", "hold_ranks_full"}
    check(range(slots))
