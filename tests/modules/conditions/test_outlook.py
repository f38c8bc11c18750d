"""What is kept is what would be computed anew, and what is put together is what the orbit itself says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules import orbit
from modules.conditions import Overhead, ahead, engine, outlook
from modules.intervals import Span
from modules.models import ComputedDay, DownlinkProvider, OrbitElements, Place, Relay
from tests.modules.conditions.test_timeline import real
from tests.world import NOW, World

DAY = timedelta(days=1)
WEEK = Span(NOW, NOW + 7 * DAY)
ROME = Overhead(41.9028, 12.4964)


def trajectory(world: World) -> orbit.ElementTrajectory:
    elements = OrbitElements.objects.get(module=world.module, phase_kind="docked")
    return orbit.ElementTrajectory(elements.as_elements())


def seconds(span: Span) -> tuple[float, float]:
    return orbit.unix_seconds(span.starts_at), orbit.unix_seconds(span.ends_at)


def test_nights_are_those_of_the_orbit_and_are_not_cut_at_midnight(world: World) -> None:
    found = outlook(world.module, WEEK)
    starts_s, ends_s = seconds(WEEK)
    truth = orbit.nights(trajectory(world), starts_s - 3600, ends_s + 3600)
    assert len(truth) > 100
    np.testing.assert_allclose(found.nights, truth, atol=1e-3)


def test_passes_and_coverage_are_those_of_the_orbit(world: World) -> None:
    found = outlook(world.module, WEEK, over=ROME, downlink=True)
    truth = orbit.passes(trajectory(world), orbit.Place(41.9028, 12.4964), *seconds(WEEK))
    assert len(truth) > 20
    np.testing.assert_allclose(found.passes[:, 1], truth.aos_s, atol=1e-3)
    np.testing.assert_allclose(found.passes[:, 3], truth.max_elevation_degrees, atol=1e-3)
    covered = float((found.covered[:, 1] - found.covered[:, 0]).sum()) / (7 * 86_400 + 7200)
    assert 0.85 < covered < 0.95, "two relays carry the downlink about nine tenths of the time"


@pytest.mark.parametrize("asked", [{}, {"over": ROME}, {"downlink": True, "betas": True}])
def test_a_second_look_computes_nothing_and_says_the_same(world: World, asked, monkeypatch) -> None:
    first = outlook(world.module, WEEK, **asked)
    monkeypatch.setattr("modules.conditions.store.compute_days", None)
    second = outlook(world.module, WEEK, **asked)
    for name in ("nights", "passes", "covered"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert first.betas == second.betas


def test_what_was_asked_first_does_not_matter(world: World) -> None:
    for hours in (50, 3, 26, 120):
        outlook(world.module, Span(NOW + timedelta(hours=hours), NOW + timedelta(hours=hours + 5)), over=ROME)
    pieced = outlook(world.module, WEEK, over=ROME)
    ComputedDay.objects.all().delete()
    whole = outlook(world.module, WEEK, over=ROME)
    np.testing.assert_allclose(pieced.nights, whole.nights, atol=1e-3)
    np.testing.assert_allclose(pieced.passes, whole.passes, atol=1e-3)


def test_new_elements_leave_what_was_computed_from_old_ones(world: World) -> None:
    before = outlook(world.module, WEEK)
    kept = ComputedDay.objects.count()
    other = real(world.module, NOW + timedelta(hours=1), mean_anomaly_degrees=10)
    after = outlook(world.module, WEEK)
    assert after.nights[0, 0] != before.nights[0, 0]
    assert ComputedDay.objects.exclude(elements=other).count() == kept


def test_another_engine_computes_anew(world: World, monkeypatch) -> None:
    outlook(world.module, WEEK)
    monkeypatch.setattr("modules.conditions.store.VERSION", engine.VERSION + 1)
    outlook(world.module, WEEK)
    assert set(ComputedDay.objects.values_list("engine", flat=True)) == {engine.VERSION, engine.VERSION + 1}


def test_moved_relays_carry_another_coverage(world: World) -> None:
    before = outlook(world.module, WEEK, downlink=True).covered
    Relay.objects.filter(name="Pacific").update(longitude=100)
    assert outlook(world.module, WEEK, downlink=True).covered.tolist() != before.tolist()
    DownlinkProvider.objects.all().delete()
    assert not len(outlook(world.module, WEEK, downlink=True).covered)


def test_a_ground_station_carries_the_downlink_while_in_sight(world: World) -> None:
    provider = DownlinkProvider.objects.get(phase__kind="docked")
    provider.relays.all().delete()
    provider.stations.add(Place.objects.get(slug="svalbard"), Place.objects.get(slug="guam"))
    covered = outlook(world.module, WEEK, downlink=True).covered
    lengths = covered[:, 1] - covered[:, 0]
    assert len(covered) > 20
    assert lengths.max() < 900


def test_beyond_the_clock_the_plane_tells_of_every_day(world: World) -> None:
    found = outlook(world.module, Span(NOW + 20 * DAY, NOW + 420 * DAY))
    assert not len(found.nights)
    assert not len(found.clock)
    assert len(found.planes) >= 400
    for plane in found.planes.values():
        assert 0 <= plane.night_seconds_least <= plane.night_seconds <= plane.night_seconds_most < 2200
        assert abs(plane.beta_degrees) < 75.1
    bright = [p for p in found.planes.values() if p.night_seconds_most == 0]
    assert all(abs(p.beta_degrees) > 66 for p in bright)


def test_passes_over_a_place_of_nobodys_are_not_kept(world: World) -> None:
    outlook(world.module, WEEK, over=Overhead(12.34, 56.78))
    outlook(world.module, WEEK, over=ROME)
    subjects = set(ComputedDay.objects.values_list("subject", flat=True))
    assert sum(subject.startswith("pass 41.9") for subject in subjects) == 1
    assert not any(subject.startswith("pass 12.3") for subject in subjects)


def test_the_coming_weeks_are_computed_ahead_and_the_past_forgotten(world: World) -> None:
    kept = ahead.compute(world.module, at=NOW)
    assert kept > 14 * (2 + Place.objects.count())
    with CaptureQueriesContext(
        connection,
    ) as caught:
        outlook(world.module, WEEK, over=ROME, downlink=True, betas=True)
    assert not any("INSERT" in query["sql"] for query in caught)
    assert ahead.forget(world.module, at=NOW) == 0
    assert ahead.forget(world.module, at=NOW + 100 * DAY) > 0


def test_a_new_set_takes_the_future_from_the_old_one(world: World) -> None:
    outlook(world.module, WEEK)
    real(world.module, NOW)
    ahead.forget(world.module, at=NOW)
    assert not ComputedDay.objects.filter(day__gt=NOW.date()).exists()


def test_the_store_belongs_to_one_source_a_row(world: World) -> None:
    outlook(world.module, WEEK)
    row = ComputedDay.objects.first()
    assert str(row.day) in str(row)
    assert bytes(row.table)
    assert datetime.combine(row.day, datetime.min.time(), UTC) >= NOW - 2 * DAY
