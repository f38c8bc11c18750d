"""A world whose rows are committed, with enough companies to race."""

from __future__ import annotations

import pytest

from bookings.lifecycle import alternatives
from tests.race.field import Field
from tests.world import build, company


@pytest.fixture
def field(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Field:
    # What losers are offered instead is searched for after the transaction, under no lock: no part of the race.
    monkeypatch.setattr(alternatives, "nearest", lambda *args, **kwargs: [])
    world = build()
    others = [company(f"Racer {number}", f"racer{number}@race.example") for number in range(6)]
    return Field(world, [world.ours, world.theirs, *others])
