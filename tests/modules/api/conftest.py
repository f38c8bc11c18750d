"""SEE-1 and two companies' callers, at `NOW`."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.callers import Callers
from tests.world import NOW, World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def api(world: World) -> Iterator[Callers]:
    with time_machine.travel(NOW, tick=False):
        yield Callers.of(world)
