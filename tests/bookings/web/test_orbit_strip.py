"""What is drawn of the orbit: nights where they are, how far off they may be, and nothing that nobody knows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from bookings.conditions import Conditions
from bookings.search import SearchRequest, find
from bookings.search.sky import outlook_for
from bookings.web.orbit_strip import LONGEST_DRAWN, Lane, strip, strip_of
from modules.conditions.outlook import seconds
from modules.intervals import Span
from modules.models import OrbitElements
from tests.world import NOW, World, span

SOON = Span(NOW + timedelta(hours=1), NOW + timedelta(hours=4))


def lanes(world: World, window: Span, asked: Conditions = Conditions()) -> dict[str, Lane]:  # noqa: B008 - immutable
    found = outlook_for(world.module, window, asked, downlink=True)
    drawn = strip(found, window, asked)
    assert drawn is not None
    return {lane.kind: lane for lane in drawn.lanes}


def of_kind(lane: Lane, kind: str) -> list[tuple[float, float]]:
    marks = [(float(m.x[:-1]), float(m.width[:-1])) for m in lane.marks if m.kind == kind]
    assert all(x >= 0 and x + width <= 100.001 and width > 0 for x, width in marks)
    return marks


def test_the_drawn_night_is_as_long_as_the_words_say(world: World) -> None:
    drawn = of_kind(lanes(world, SOON)["light"], "night")
    assert drawn
    starts_s, ends_s = seconds(SOON)
    nights = outlook_for(world.module, SOON, Conditions()).nights.clip(starts_s, ends_s)
    night_s = float((nights[:, 1] - nights[:, 0]).sum())
    assert sum(width for _, width in drawn) == pytest.approx(100 * night_s / (ends_s - starts_s), abs=0.01)


def test_every_edge_shows_how_far_off_it_may_be(world: World) -> None:
    light = lanes(world, SOON)["light"]
    edges = [edge for x, width in of_kind(light, "night") for edge in (x, x + width) if 0.01 < edge < 99.99]
    unsure = of_kind(light, "unsure")
    assert len(unsure) == len(edges)
    assert all(any(x - 0.01 <= edge <= x + width + 0.01 for x, width in unsure) for edge in edges)


def test_passes_are_drawn_where_a_place_is_asked_for(world: World) -> None:
    asked = Conditions(place="rome", min_elevation_degrees=0)
    assert "over" not in lanes(world, SOON)
    day = Span(NOW, NOW + timedelta(days=1))
    over = lanes(world, day, asked)["over"]
    assert over.name == "Over Rome"
    assert 3 <= len(of_kind(over, "pass")) <= 10, "a day's passes"


def test_far_ahead_no_clock_time_is_drawn(world: World) -> None:
    far = Span(NOW + timedelta(days=200), NOW + timedelta(days=200, hours=3))
    drawn = lanes(world, far, Conditions(place="rome"))
    assert list(drawn) == ["light"]
    assert [mark.kind for mark in drawn["light"].marks] == ["unknown"]
    assert of_kind(drawn["light"], "unknown") == [(0.0, 100.0)]


def test_what_is_too_long_to_be_told_apart_is_not_drawn(world: World) -> None:
    booking = world.reserve(Span(SOON.starts_at + timedelta(days=5), SOON.starts_at + timedelta(days=6)))
    assert strip_of(booking) is not None
    booking.ends_at = booking.starts_at + LONGEST_DRAWN + timedelta(minutes=1)
    assert strip_of(booking) is None


@pytest.mark.parametrize(
    ("window", "labels"),
    [
        (span("03-10 10:00", 2), ["10:00", "10:15", "10:30", "10:45", "11:00", "11:15", "11:30", "11:45", "12:00"]),
        (span("03-10 10:05", 0.5), ["10:10", "10:20", "10:30"]),
        (span("03-10 22:30", 24), ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]),
    ],
)
def test_ticks_stand_at_round_times(world: World, window: Span, labels: list[str]) -> None:
    drawn = strip(outlook_for(world.module, window, Conditions()), window, Conditions())
    assert drawn is not None
    assert [tick.label for tick in drawn.ticks] == labels


def test_a_found_window_carries_its_orbit_without_another_look(world: World, django_assert_num_queries: object) -> None:
    whole = Span(NOW + timedelta(days=3), NOW + timedelta(days=4))
    found = find(SearchRequest(world.module, "filming", timedelta(hours=2), whole, step_minutes=60), at=NOW)
    windows = found.windows[:5]
    with django_assert_num_queries(0):
        drawn = [strip(window.outlook, window.span, Conditions()) for window in windows]
    assert all(drawn)


def test_the_pages_draw_it(world: World, ours: Client) -> None:
    address = "/search/?activity=filming&duration=2+hours&start=2027-03-05&end=2027-03-05&step=60"
    page = ours.get(address).content.decode()
    assert len(re.findall('class="sky-strip"', page)) == len(re.findall('class="card result"', page)) > 0
    assert 'class="sky-night"' in page
    booking = world.reserve(span("03-05 00:00", 24), conditions={"place": "rome", "min_elevation": 0})
    page = ours.get(f"/bookings/{booking.pk}/").content.decode()
    assert "Over Rome" in page
    assert 'class="sky-pass"' in page


def test_a_stand_in_orbit_is_said_wherever_it_is_drawn(world: World, ours: Client) -> None:
    booking, words = world.reserve(SOON_ENOUGH), "its length of night is right, its clock is not"
    search = f"/search/?activity=filming&duration=2+hours&start={NOW.date()}&end={NOW.date() + timedelta(days=5)}"
    for page in (search, f"/bookings/{booking.pk}/", f"/bookings/{booking.pk}/call-sheet/"):
        assert words in ours.get(page).text, page
    OrbitElements.objects.update(nominal=False)
    for page in (search, f"/bookings/{booking.pk}/"):
        assert words not in ours.get(page).text, page


SOON_ENOUGH = span("03-04 10:00")
