"""NASA's own forecasts, loaded one after the other as they came."""

from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command

from bookings import replanning
from bookings.models import Booking, RateCard, ScheduleRevision
from modules import operations
from modules.intervals import Span
from modules.models import Closure, Phase, TrajectoryEvent
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


BEFORE, AFTER = datetime(2021, 10, 27, 18, tzinfo=UTC), datetime(2021, 11, 1, tzinfo=UTC)
# Hours of November 2021 (day, from, to), the zone, and the flags after the first file and after the second. The
# docking goes from the 1st 03:58 to the 4th 03:00 (closed 3 h before to 2 h after, out to whole minutes), the
# undocking from the 4th 22:00 to the 7th 18:00 (2 h before to 1 h after).
WINDOWS = (
    ("into the old docking", 1, 2, 4, "arena", True, False),
    ("up to the old docking", 1, 0, 0.95, "studio", False, False),
    ("between", 2, 10, 12, "arena", False, False),
    ("into the new docking", 4, 1, 3, "arena", False, True),
    ("over the end of the new docking", 4, 4.5, 5.5, "arena", False, True),
    ("from the end of the new docking", 4, 5, 6, "studio", False, False),
    ("into the old undocking", 4, 20, 22, "arena", True, False),
    ("from the end of the old undocking", 4, 23, 23.5, "arena", False, False),
    ("into the new undocking", 7, 17, 18, "arena", False, True),
    ("up to the new undocking", 7, 15, 16, "studio", False, False),
    ("after it all", 9, 10, 12, "arena", False, False),
)


def load_by_preview(world: World, day: str, *, at: datetime) -> ScheduleRevision:
    content = (SHARED_DATA / f"ISS.OEM.{day}.xml.gz").read_bytes()
    reading = operations.read_ephemeris(name=day, content=content, at=at)
    change = partial(operations.load_ephemeris, module=world.module, reading=reading)
    revision = replanning.preview(world.module, change, reason=f"Ephemeris {day}", actor=world.staff, at=at)
    return replanning.apply_preview(revision.pk, actor=world.staff, at=at)


def test_the_slip_by_preview_and_apply_flags_exactly_whom_it_meets(world: World) -> None:
    docked = Phase.objects.get(module=world.module, kind="docked")
    revise = partial(
        operations.revise_phase,
        phase_id=docked.pk,
        starts_at=datetime(2021, 6, 1, tzinfo=UTC),
        ends_at=docked.ends_at,
        certainty="actual",
    )
    pre_launch = Phase.objects.get(module=world.module, kind="pre_launch")
    Phase.objects.filter(pk=pre_launch.pk).update(starts_at=datetime(2021, 1, 1, tzinfo=UTC))
    RateCard.objects.update(valid_from=datetime(2021, 1, 1, tzinfo=UTC))
    replanning.apply(world.module, revise, reason="As if it flew then.", actor=world.staff, at=BEFORE)
    booked = {}
    for name, day, start, end, zone, *_ in WINDOWS:
        midnight = datetime(2021, 11, day, tzinfo=UTC)
        window = Span(midnight + timedelta(hours=start), midnight + timedelta(hours=end))
        booked[name] = world.reserve(window, zones=(zone,), at=BEFORE)

    def flagged() -> set[str]:
        return {name for name, made in booked.items() if Booking.objects.get(pk=made.pk).attention == ["closure"]}

    load_by_preview(world, "2021-300", at=BEFORE)
    assert flagged() == {name for name, *_, first, _ in WINDOWS if first}
    slip = load_by_preview(world, "2021-305", at=AFTER)
    assert flagged() == {name for name, *_, second in WINDOWS if second}
    assert (slip.flagged, slip.cleared, slip.staying) == (3, 2, 0)
    back = replanning.preview_return(slip.pk, reason="The wrong file.", actor=world.staff, at=AFTER)
    replanning.apply_preview(back.pk, actor=world.staff, at=AFTER)
    assert flagged() == {name for name, *_, first, _ in WINDOWS if first}, "taken back, it is as the first file has it"
