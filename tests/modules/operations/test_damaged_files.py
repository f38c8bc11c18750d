"""Damaged files, loaded: a refusal in words and nothing kept, or all of what was read."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules import operations
from modules.exceptions import ImportRefused, ScheduleConflict
from modules.models import Closure, ElementFile, EphemerisFile, Module, OrbitElements, TrajectoryEvent
from modules.operations import elements
from tests.modules.operations.ephemeris_text import gmt, oem
from tests.modules.operations.test_elements import AT
from tests.modules.orbit.element_text import EVERY_FILE

fuzzed = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def damaged(files: Sequence[bytes], draw: Callable[..., Any]) -> bytes:
    """One of the files, plain or packed, with some of its bytes taken away or put in."""
    content = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(content)))
        content[place : place + draw(st.integers(0, 30))] = draw(st.binary(max_size=6))
    return bytes(gzip.compress(content)) if draw(st.booleans()) else bytes(content)


def kept(module: Module) -> tuple[int, int]:
    return OrbitElements.objects.filter(module=module).count(), ElementFile.objects.filter(module=module).count()


def load(module: Module, content: bytes) -> int:
    """How many sets were new."""
    reading = operations.read_elements(name="a file", content=content, at=AT)
    loaded = operations.load_elements(module=module, reading=reading, at=AT, by="a test")
    return sum(each.is_new for each in loaded.sets)


@fuzzed
@given(data=st.data())
def test_damaged_elements_are_kept_whole_or_not_at_all(module: Module, data: st.DataObject) -> None:
    before = kept(module)
    try:
        new = load(module, damaged(EVERY_FILE, data.draw))
    except (ImportRefused, ScheduleConflict) as refusal:
        new, said = 0, str(refusal)
    else:
        said = "kept"
    assert len(said.splitlines()) == 1
    assert kept(module) == (before[0] + new, before[1] + (new > 0))


EPHEMERIDES = [
    oem("2027-060", {"81P Docking": "063 14:20", "ISS Reboost": "066 10:00"}),
    oem("2027-061", {"81P Docking": "065 14:20", "SpX-9 Undock": "068 09:00"}),
]


def followed(module: Module) -> tuple[int, int, int]:
    files, events = EphemerisFile.objects.filter(module=module), TrajectoryEvent.objects.filter(module=module)
    return files.count(), events.count(), Closure.objects.filter(module=module).count()


@fuzzed
@given(data=st.data())
def test_damaged_ephemerides_are_followed_whole_or_not_at_all(module: Module, data: st.DataObject) -> None:
    before = followed(module)
    at = gmt("2027-061 12:00")
    try:
        reading = operations.read_ephemeris(name="a.oem", content=damaged(EPHEMERIDES, data.draw), at=at)
        loaded = operations.load_ephemeris(module=module, reading=reading, at=at, by="a test")
    except (ImportRefused, ScheduleConflict) as refusal:
        new, said = 0, str(refusal)
    else:
        new, said = int(loaded.is_new), "kept"
    assert len(said.splitlines()) == 1
    after = followed(module)
    assert after[0] == before[0] + new
    assert new or after == before


class TestAFileThatFailsHalfWay:
    def load(self, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: Any, **named: Any) -> None:
            raise ImportRefused("It fails after its file was kept.")

        monkeypatch.setattr(elements._Known, "add", fail)
        with pytest.raises(ImportRefused):
            load(module, EVERY_FILE[0])

    def test_leaves_nothing(self, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
        before = kept(module)
        self.load(module, monkeypatch)
        assert kept(module) == before

    def test_without_its_transaction_leaves_the_file(self, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
        before = kept(module)
        monkeypatch.setattr(transaction, "atomic", nullcontext)
        self.load(module, monkeypatch)
        assert kept(module) == (before[0], before[1] + 1)
