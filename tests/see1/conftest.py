"""One world a test, and callers of its API."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.callers import Callers
from tests.world import NOW, World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def callers(world: World) -> Iterator[Callers]:
    """With the clock at `NOW`."""
    with time_machine.travel(NOW, tick=False):
        yield Callers.of(world)
