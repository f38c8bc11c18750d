"""What the orbit gives a window, tier by tier, and what is said where it gives none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from bookings.conditions import Conditions, parse
from bookings.exceptions import Invalid
from bookings.search import SearchRequest, SearchResult, find
from bookings.search.guarantees import lit, sure_seconds
from modules.conditions import DayPlane
from modules.intervals import Span
from modules.models import Module, OrbitElements, Relay
from modules.operations import lay_nominal
from modules.operations.founding import see1_facts
from modules.orbit.plane import plane_forecast
from tests.world import World

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BASE = datetime(2027, 6, 15, tzinfo=UTC)
"""The epoch of the elements; near the solstice beta reaches 75°."""


@pytest.fixture(autouse=True)
def _elements(world: World) -> None:
    lay_orbit(world)


def search(world: World, from_day: float, days: float, minutes: int = 120, **asked: object) -> SearchResult:
    begins = BASE + from_day * DAY
    request = SearchRequest(
        module=world.module,
        activity="filming",
        duration=minutes * MINUTE,
        span=Span(begins, begins + days * DAY),
        zones=("arena",),
        crew_awake=False,
        conditions=parse(asked),
    )
    return find(request, at=BASE - 3 * DAY)


def reasons(result: SearchResult) -> dict[str, str]:
    return {reason.requirement: reason.detail for reason in result.why}


def lay_orbit(world: World, *, beta: float = 0, on_day: float = 0) -> None:
    """The nominal orbit with its node turned so that beta, so many days on, is nearest to the one wanted."""
    OrbitElements.objects.all().delete()
    lay_nominal(world.module, [docked_orbit(best_node_degrees(beta, on_day))], at=BASE)


def docked_orbit(raan_degrees: float) -> dict[str, Any]:
    (facts,) = (each for each in see1_facts()["nominal_orbits"] if each["phase_kind"] == "docked")
    return facts | {"raan_degrees": raan_degrees}


@cache
def best_node_degrees(beta: float, on_day: float) -> float:
    """Inside a transaction that is undone: what is kept is only the answer."""
    noon = np.array([(BASE + (on_day + 0.5) * DAY).timestamp()])
    module = Module.objects.get()

    def away(raan_degrees: float) -> float:
        OrbitElements.objects.all().delete()
        lay_nominal(module, [docked_orbit(raan_degrees)], at=BASE)
        elements = OrbitElements.objects.get().as_elements()
        return abs(float(plane_forecast(elements, noon).beta_degrees[0]) - beta)

    with transaction.atomic():
        best = min(map(float, range(0, 360, 15)), key=away)
        transaction.set_rollback(True)
    return best


def test_where_there_is_no_night_it_says_so_with_beta(world: World) -> None:
    lay_orbit(world, beta=73)
    result = search(world, 0, 1, lighting="night")
    assert not result.windows
    assert result.why[0].excluded_seconds == 86_400
    assert reasons(result)["lighting"].startswith("no orbital night: beta is 7")
    assert search(world, 0, 1, lighting="day").windows
    assert "no sunrise: beta is 7" in reasons(search(world, 0, 1, lighting="sunrise"))["lighting"]


def test_a_night_longer_than_any_there_is(world: World) -> None:
    said = reasons(search(world, 0, 2, lighting="night", lighting_min="PT40M"))
    assert "the longest orbital night here is 36 minutes (beta " in said["lighting"]


def test_a_window_that_is_offered_has_its_night_as_the_api_counts_it(world: World) -> None:
    windows = search(world, 0, 1.5, minutes=40, lighting="night").windows
    assert len(windows) > 10
    for window in windows:
        assert window.conditions["night_seconds"] >= 1800
        assert window.conditions["day_seconds"] + window.conditions["night_seconds"] == pytest.approx(2400)
        assert (window.tier, window.uncertainty_seconds) == ("precise", 10)


@pytest.mark.parametrize(("from_day", "tier", "least"), [(0, "precise", 35), (3, "good", 31), (8, "indicative", 15)])
def test_the_error_shortens_what_counts(world: World, from_day: float, tier: str, least: int) -> None:
    lay_orbit(world, on_day=from_day)
    found = search(world, from_day, 1, minutes=60, lighting="night", lighting_min=f"PT{least}M").windows
    assert {window.tier for window in found} == {tier}
    assert not search(world, from_day, 1, minutes=60, lighting="night", lighting_min=f"PT{least + 2}M").windows


def test_a_sunrise_is_inside_whatever_the_error(world: World) -> None:
    found = search(world, 3, 1, minutes=30, lighting="sunrise").windows
    assert {window.conditions["sunrises"] for window in found} == {1}
    assert search(world, 8, 1, minutes=19, lighting="sunrise").windows[:] == [], "±10 minutes fit in no 19"
    assert search(world, 8, 1, minutes=30, lighting="sunset").windows


def test_passes_are_whole_and_listed(world: World) -> None:
    for window in search(world, 0, 2, minutes=30, place="rome", pass_min="PT5M").windows:
        passes = window.conditions["passes"]
        assert passes
        starts_at, ends_at = window.span.starts_at, window.span.ends_at
        assert all(starts_at <= datetime.fromisoformat(p["aos"]) for p in passes)
        assert all(datetime.fromisoformat(p["los"]) <= ends_at for p in passes)
    assert search(world, 0, 2, minutes=30, place="rome", pass_min="PT5M").windows
    said = reasons(search(world, 0, 2, minutes=30, place="rome", pass_min="PT15M"))
    assert "a whole pass of at least 15 minutes over Rome above 10°" in said["pass"]


def test_coordinates_serve_as_well_as_a_name(world: World) -> None:
    def starts(**where: object) -> list[datetime]:
        return [window.span.starts_at for window in search(world, 0, 2, minutes=30, **where).windows]

    assert starts(place="rome") == starts(latitude=41.9028, longitude=12.4964)


def test_a_place_that_is_not_there(world: World) -> None:
    with pytest.raises(Invalid, match="atlantis"):
        search(world, 0, 2, place="atlantis")


def test_a_pass_with_night_is_both_at_once(world: World) -> None:
    lay_orbit(world, beta=20)
    both = search(world, 0, 2, minutes=60, place="rome", lighting="night", lighting_min="PT15M").windows
    assert both
    for window in both:
        assert window.conditions["passes"]
        assert window.conditions["night_seconds"] >= 1200


def test_unbroken_downlink(world: World) -> None:
    windows = search(world, 0, 1, minutes=60, downlink_min="PT55M").windows
    assert windows
    assert all(window.conditions["downlink_seconds"] >= 3300 for window in windows)
    Relay.objects.all().delete()
    assert "No relay or ground station is known" in reasons(search(world, 0, 1, downlink_min="PT10M"))["downlink"]


def test_beyond_the_clock_only_what_a_whole_orbit_holds(world: World) -> None:
    lay_orbit(world, on_day=20)
    whole = search(world, 20, 1, minutes=95, lighting="night").windows
    assert whole
    first = whole[0]
    assert (first.tier, first.uncertainty_seconds) == ("statistical", None)
    assert first.conditions["night_seconds"] > 2000
    assert (first.conditions["sunrises"], first.conditions["passes"]) == (1, [])
    part = search(world, 20, 1, minutes=80, lighting="night")
    assert not part.windows
    assert "no clock times are known" in reasons(part)["lighting"]
    assert not search(world, 20, 1, minutes=600, place="rome").windows, "a pass hangs on the place in the orbit"
    assert search(world, 20, 1, minutes=95, lighting="sunrise").windows
    assert not search(world, 20, 1, minutes=90, lighting="sunrise").windows


def test_without_elements_nothing_is_promised(world: World) -> None:
    OrbitElements.objects.all().delete()
    result = search(world, 1, 1, lighting="night")
    assert not result.windows
    assert "No orbit elements are loaded" in reasons(result)["lighting"]
    plain = search(world, 1, 1).windows[0]
    assert (plain.tier, plain.conditions["night_seconds"]) == ("statistical", None)


PLANE = DayPlane(
    day=BASE.date(),
    beta_degrees=0,
    beta_error_degrees=1,
    night_seconds=2160,
    night_seconds_least=2100,
    night_seconds_most=2200,
    orbits_per_day=86_400 / 5560,
)


@pytest.mark.parametrize(
    ("window_s", "part_s", "sure"),
    [(5560, 2100, 2100), (9000, 2100, 2100), (3460, 2100, 0), (3000, 2100, 0), (4460, 2100, 500), (5559, 2100, 1049.5)],
)
def test_what_is_sure_of_a_part_that_each_orbit_has(window_s: float, part_s: float, sure: float) -> None:
    assert sure_seconds(window_s, part_s, 5560) == sure


@pytest.mark.parametrize("window_s", [3600, 4200, 5000, 5500])
def test_what_is_sure_holds_wherever_in_the_orbit_a_part_of_one_starts(window_s: float) -> None:
    """Every start is tried, a second apart: the longest piece of night in the window is never less."""
    night, orbit = 2100, 5560
    longest = []
    for start in range(orbit):
        pieces = [(n * orbit, n * orbit + night) for n in range(3)]
        longest.append(max(min(b, start + window_s) - max(a, start) for a, b in pieces))
    sure = sure_seconds(window_s, night, orbit)
    assert min(longest) == pytest.approx(sure, abs=1) or sure == 0 >= min(longest)


@pytest.mark.parametrize(
    ("lighting", "minutes", "is_sure"),
    [("night", 93, True), ("night", 92, False), ("day", 93, True), ("sunrise", 93, True), ("sunset", 92, False)],
)
def test_a_whole_orbit_holds_one_of_each(lighting: str, minutes: int, is_sure: bool) -> None:
    assert lit(Conditions(lighting=lighting), PLANE, minutes * MINUTE) is is_sure
