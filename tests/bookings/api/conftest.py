"""The clock stands at `NOW`; callers are there."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.callers import Callers
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def api(world: World) -> Callers:
    return Callers.of(world)


@pytest.fixture
def body(world: World) -> dict[str, object]:
    """A window that can be had."""
    return {
        "production": str(world.ours.production.pk),
        "zones": ["arena"],
        "activity": "filming",
        "starts_at": "2027-03-10T10:00:00Z",
        "ends_at": "2027-03-10T12:00:00Z",
    }
