"""`import_elements` and `refresh_elements`, from the outside."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from bookings import tasks
from modules.models import ComputedDay, ElementFeed, OrbitElements
from modules.tasks import compute_ahead, forget_computed
from tests.modules.operations.test_feeds import Catalogue, catalogue
from tests.modules.orbit.element_text import OTHER_1, OTHER_2, as_csv, as_json, as_kvn, as_xml, tle
from tests.modules.orbit.shared_data import SHARED_DATA, acceptance
from tests.world import World

__all__ = ["catalogue"]

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def load(*paths: Path, **options: str) -> list[str]:
    said = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("import_elements", *map(str, paths), stdout=said, **options)
    return said.getvalue().splitlines()


def real() -> list[OrbitElements]:
    return list(OrbitElements.objects.filter(nominal=False))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", as_json()), ("a.xml", as_xml()), ("a.kvn", as_kvn()), ("a.csv", as_csv()), ("a.txt", tle())],
)
def test_each_notation_prints_one_line_a_set(world: World, tmp_path: Path, name, content) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert load(path) == ["25544 ISS (ZARYA), epoch 2026/060 13:48 GMT: accepted"]
    assert load(path) == ["25544 ISS (ZARYA), epoch 2026/060 13:48 GMT: already loaded"]
    assert [each.source for each in real()] == [name]


def test_one_bad_file_of_several_and_nothing_is_loaded(world: World, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.tle"
    good.write_bytes(as_json())
    bad.write_bytes(tle() + b"\n" + tle("TDRS 11", OTHER_1, OTHER_2))
    with pytest.raises(CommandError, match=r"bad.tle: The file mixes 2 satellites") as refused:
        load(good, bad)
    assert "\n" not in str(refused.value)
    assert real() == []


@pytest.mark.parametrize("path", ["nowhere.json", "."])
def test_a_path_that_is_no_file(world: World, path: str) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        load(Path(path))


def test_an_unknown_module(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no module “see-9”\. There is: see-1"):
        load(tmp_path, module="see-9")


@acceptance[0]
@acceptance[1]
def test_three_months_of_the_real_station_agree_with_each_other(world: World) -> None:
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        said = StringIO()
        call_command("import_elements", str(SHARED_DATA / "iss-2026-02-to-05.tle"), stdout=said)
    lines = said.getvalue().splitlines()
    assert len(lines) == 317
    assert all(line.endswith(": accepted") for line in lines)


def test_the_task_fetches_loads_and_asks_again_only_for_what_changed(
    world: World, catalogue: Catalogue, settings
) -> None:
    settings.ELEMENTS_URL = catalogue.url
    with time_machine.travel(NOW, tick=False) as clock:
        assert tasks.refresh_elements() == 1
        assert [each.status for each in real()] == ["accepted"]
        assert tasks.refresh_elements() == 0
        clock.shift(7201)
        assert tasks.refresh_elements() == 0
    assert len(catalogue.asked) == 2
    assert ElementFeed.objects.get().failures == 0


def test_no_address_and_no_module_are_nothing_to_do(world: World, settings) -> None:
    settings.ELEMENTS_URL = ""
    assert tasks.refresh_elements() == 0
    settings.ELEMENTS_MODULE = "see-9"
    assert tasks.refresh_elements() == 0


def test_the_clock_issues_the_days_nominal_sets_and_computes_ahead(world: World) -> None:
    nominal = OrbitElements.objects.filter(nominal=True)
    newest = max(each.epoch for each in nominal)
    with time_machine.travel(newest.replace(hour=23), tick=False) as clock:
        assert tasks.issue_nominal() == 0
        clock.shift(3600)
        assert tasks.issue_nominal() == 2
        assert compute_ahead() > 0
        kept = ComputedDay.objects.count()
        assert compute_ahead() > 0
        assert ComputedDay.objects.count() == kept
        assert forget_computed() == 0
