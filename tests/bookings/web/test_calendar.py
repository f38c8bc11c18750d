"""The calendar: one's own by name, others' as unavailable, closures, patterns with words."""

from datetime import timedelta

import pytest
from django.test import Client

from bookings.states import Status
from bookings.web.schedule import read_schedule
from modules.intervals import Span
from modules.models import Closure
from tests.world import World, span

DAY = "/calendar/?view=day&date=2027-03-10"
WINDOW = span("03-10 10:00")


@pytest.mark.parametrize("view", ["month", "week", "day"])
def test_of_others_only_that_the_time_is_taken(view: str, world: World, ours: Client) -> None:
    other = world.reserve(WINDOW, by=world.theirs, status=Status.REQUESTED, crew=3)
    page = ours.get(f"/calendar/?view={view}&date=2027-03-10").text
    assert "Unavailable; a hold can wait behind" in page
    for secret in (other.reference, str(other.pk), "Borealis", "theirs@", "Requested ·"):
        assert secret not in page


@pytest.mark.parametrize("view", ["month", "week", "day"])
def test_ones_own_by_name_reference_and_state(view: str, world: World, ours: Client) -> None:
    world.reserve(WINDOW, by=world.theirs)
    mine = world.reserve(WINDOW)
    page = ours.get(f"/calendar/?view={view}&date=2027-03-10").text
    assert mine.reference in page
    assert "Aurora Pictures&#x27;s film" in page
    assert "Held, 2nd in line" in page


def test_staff_see_whose_it_is(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW, by=world.theirs)
    assert booking.reference in staff.get(DAY).text


def test_a_full_line_says_so(world: World, ours: Client) -> None:
    for company in (world.theirs, world.theirs, world.theirs):
        world.reserve(WINDOW, by=company)
    assert "Unavailable; no more holds can wait" in ours.get(DAY).text


def marks(world: World, window: Span = WINDOW) -> dict[str, list[tuple[str, Span]]]:
    around = Span(window.starts_at - timedelta(hours=6), window.ends_at + timedelta(hours=6))
    schedule = read_schedule(world.ours.actor, world.module, around)
    names = {zone.pk: zone.slug for zone in schedule.zones}
    return {names[pk]: [(e.mark, e.span) for e in lane] for pk, lane in schedule.lanes.items()}


def test_neighbours_of_others_are_one_stretch_with_turnaround(world: World) -> None:
    world.reserve(span("03-10 10:00"), by=world.theirs)
    world.reserve(span("03-10 12:30"), by=world.theirs)
    assert marks(world)["arena"] == [("unavailable", span("03-10 10:00", 5))]
    assert marks(world)["studio"] == []


def test_who_waits_behind_ones_own_is_not_told(world: World) -> None:
    world.reserve(WINDOW)
    world.reserve(WINDOW, by=world.theirs)
    assert [mark for mark, _ in marks(world)["arena"]] == ["held"]


def test_the_turnaround_of_ones_own_does_not_look_like_anothers(world: World, ours: Client) -> None:
    world.reserve(span("03-09 22:00"))
    assert "Unavailable" not in ours.get(DAY).text.split("</ul>", 1)[1].split("<table")[1]


def test_a_closure_shuts_its_zones_and_says_what_it_is(world: World, ours: Client) -> None:
    closure = Closure.objects.create(
        module=world.module, kind="reboost", starts_at=WINDOW.starts_at, ends_at=WINDOW.ends_at, note="By the tug"
    )
    assert {mark for lane in marks(world).values() for mark, _ in lane} == {"closed"}
    closure.zones.add(world.module.zones.get(slug="studio"))
    assert {slug for slug, lane in marks(world).items() if lane} == {"studio"}
    page = ours.get(DAY).text
    assert "Closed: reboost" in page
    assert "By the tug" in page


def test_a_withdrawn_closure_is_gone(world: World) -> None:
    Closure.objects.create(
        module=world.module,
        kind="eva",
        starts_at=WINDOW.starts_at,
        ends_at=WINDOW.ends_at,
        withdrawn_at=WINDOW.starts_at,
    )
    assert marks(world)["arena"] == []


def test_a_window_over_midnight_is_on_both_days(world: World, ours: Client) -> None:
    world.reserve(span("03-10 22:00", 4))
    page = ours.get("/calendar/?view=week&date=2027-03-10").text
    assert "from 22:00" in page
    assert "until 02:00" in page
    assert "from 23:00 CET" in page


def test_the_phase_change_stands_on_its_day(ours: Client) -> None:
    assert "Free flight begins, planned" in ours.get("/calendar/?view=week&date=2028-01-01").text


def test_the_day_of_a_clock_change_says_so(ours: Client) -> None:
    page = ours.get("/calendar/?view=day&date=2027-03-28").text
    assert "Rome: clocks go forward at 01:00 GMT: CET becomes CEST" in page


def test_now_is_marked_on_today_alone(ours: Client) -> None:
    assert "now 12:00 GMT" in ours.get("/calendar/?view=day").text
    assert "now 12:00 GMT" not in ours.get(DAY).text
