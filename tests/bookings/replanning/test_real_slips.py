"""NASA's own forecasts, loaded one after the other as they came."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from modules.models import Closure, TrajectoryEvent
from tests.modules.orbit.shared_data import SHARED_DATA, acceptance
from tests.world import World

pytestmark = acceptance


def load(*days: str) -> list[str]:
    out = StringIO()
    call_command("import_ephemeris", *(str(SHARED_DATA / f"ISS.OEM.{day}.xml.gz") for day in days), stdout=out)
    return out.getvalue().splitlines()


def event(name: str) -> TrajectoryEvent:
    return TrajectoryEvent.objects.select_related("closure").get(name=name)


@pytest.mark.parametrize("at_once", [True, False])
def test_crew_3_and_crew_2_slip_by_three_days(world: World, at_once: bool) -> None:
    if at_once:
        load("2021-305", "2021-300")
    else:
        load("2021-300")
        assert event("SpX Crew-3 Docking").occurs_at == datetime(2021, 11, 1, 3, 58, 25, tzinfo=UTC)
        assert event("SpX Crew-2 Undock").occurs_at == datetime(2021, 11, 4, 22, 0, tzinfo=UTC)
        closures = Closure.objects.count()
        printed = load("2021-305")
        assert "docking: 1 moved" in printed
        assert "undocking: 1 moved" in printed
        assert Closure.objects.count() == closures, "moved, not doubled"
    docking, undocking = event("SpX Crew-3 Docking"), event("SpX Crew-2 Undock")
    assert docking.occurs_at == datetime(2021, 11, 4, 3, 0, tzinfo=UTC)
    assert undocking.occurs_at == datetime(2021, 11, 7, 18, 0, tzinfo=UTC)
    for moved, before, after in ((docking, 3, 2), (undocking, 2, 1)):
        assert moved.closure is not None
        assert moved.closure.starts_at == moved.occurs_at - timedelta(hours=before)
        assert moved.closure.ends_at == moved.occurs_at + timedelta(hours=after)
        assert moved.closure.revisions.count() == 2
    assert not TrajectoryEvent.objects.exclude(status="current").exists()


def test_nothing_moves_and_a_changed_name_makes_no_second_event(world: World) -> None:
    load("2022-042")
    before = {(c.starts_at, c.ends_at, c.kind) for c in Closure.objects.all()}
    events = TrajectoryEvent.objects.count()
    printed = load("2022-047")
    assert "docking: 1 renamed, 1 unchanged" in printed
    assert "reboost: 1 unchanged" in printed
    assert not any(line.startswith(("review", "bookings")) for line in printed)
    assert {(c.starts_at, c.ends_at, c.kind) for c in Closure.objects.all()} == before
    assert TrajectoryEvent.objects.count() == events
    assert event("80P Arrival").revision == 2
    assert not TrajectoryEvent.objects.filter(name="80P Arrivals").exists()


def test_neighbours_of_nearly_one_name_stay_apart(world: World) -> None:
    load("2021-300")
    names = list(TrajectoryEvent.objects.values_list("name", flat=True))
    assert len(names) == len(set(names)) == 5
    assert {"SpX Crew-3 Launch", "SpX Crew-3 Docking", "SpX Crew-2 Undock"} < set(names)


def test_a_year_of_files_leaves_what_each_said(world: World) -> None:
    load("2021-300", "2021-305", "2022-042", "2022-047")
    assert "already loaded" in load("2021-305")[0]
    assert not TrajectoryEvent.objects.exclude(status="current").exists()
