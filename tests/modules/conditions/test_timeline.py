"""Which source answers for which time, and at which tier."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from modules.conditions import timeline
from modules.intervals import Span
from modules.models import Closure, EphemerisFile, Module, OrbitElements
from modules.operations import lay_nominal
from modules.operations.founding import see1_facts
from modules.orbit import utc_datetime
from tests.world import NOW, World

DAY = timedelta(days=1)


def real(module: Module, epoch: datetime, kind: str = "docked", **changed) -> OrbitElements:
    """A real set, in the nominal orbit."""
    nominal = OrbitElements.objects.filter(nominal=True, phase_kind="docked").first()
    values = {field.attname: getattr(nominal, field.attname) for field in OrbitElements._meta.concrete_fields}
    values |= {"id": None, "nominal": False, "epoch": epoch, "phase_kind": kind, "source": f"{epoch:%j}"} | changed
    return OrbitElements.objects.create(module=module, **{k: v for k, v in values.items() if k != "module_id"})


def ephemeris(module: Module, starts_at: datetime, days: float, created_at: datetime, name: str) -> EphemerisFile:
    return EphemerisFile.objects.create(
        module=module,
        name=name,
        sha256=name,
        object_name="ISS",
        created_at=created_at,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=days),
        imported_at=NOW,
        imported_by="a test",
        content=gzip.compress(b""),
    )


def said(world: World, begins: datetime, days: float) -> list[tuple[str, str | None, str]]:
    """(begin as days from NOW, source, tier) of each stretch."""
    found = timeline(world.module, Span(begins, begins + timedelta(days=days)))
    return [
        (f"{(utc_datetime(s.starts_s) - NOW) / DAY:g}", s.source and s.source.label[:9], s.tier.value) for s in found
    ]


def test_a_timeline_reaches_from_end_to_end(world: World) -> None:
    span = Span(NOW - 30 * DAY, NOW + 400 * DAY)
    found = timeline(world.module, span)
    edges = [utc_datetime(found[0].starts_s), utc_datetime(found[-1].ends_s)]
    assert edges == [span.starts_at, span.ends_at]
    assert all(a.ends_s == b.starts_s for a, b in pairwise(found))


def test_nominal_sets_answer_until_a_real_one_is_there(world: World) -> None:
    assert {label for _, label, _ in said(world, NOW, 3)} == {"Made up: "}
    real(world.module, NOW - 40 * DAY)
    assert said(world, NOW, 3) == [("0", "020", "statistical")], "an old real orbit tells more than a made-up one"


def test_the_set_nearest_in_epoch_answers(world: World) -> None:
    for days in (0, 2, 6):
        real(world.module, NOW + days * DAY)
    assert [(begin, label) for begin, label, _ in said(world, NOW, 8)] == [
        ("0", "060"),
        ("1", "062"),
        ("4", "066"),
    ]


@pytest.mark.parametrize("status", ["quarantined", "superseded"])
def test_only_accepted_sets_answer(world: World, status: str) -> None:
    real(world.module, NOW, status=status)
    assert {label for _, label, _ in said(world, NOW, 3)} == {"Made up: "}


def test_a_docked_orbit_says_nothing_of_free_flight(world: World) -> None:
    real(world.module, NOW)
    new_year = datetime(2028, 1, 1, tzinfo=UTC)
    assert [label for _, label, _ in said(world, new_year - DAY, 2)] == ["060", "Made up: "]


def test_where_nothing_of_the_kind_is_known_any_orbit_is_better_than_none(world: World) -> None:
    OrbitElements.objects.all().delete()
    assert said(world, NOW, 1) == [("0", None, "statistical")]
    real_facts = [facts for facts in see1_facts()["nominal_orbits"] if facts["phase_kind"] == "free_flight"]
    lay_nominal(world.module, real_facts, at=NOW)
    assert [label for _, label, _ in said(world, NOW, 1)] == ["Made up: "]


def test_tiers_fall_with_the_distance_from_the_epoch(world: World) -> None:
    real(world.module, NOW)
    assert said(world, NOW - 6 * DAY, 30) == [
        ("-6", "060", "indicative"),
        ("-5", "060", "good"),
        ("-2", "060", "precise"),
        ("2", "060", "good"),
        ("5", "060", "indicative"),
        ("14", "060", "statistical"),
    ]


def test_a_reboost_lowers_what_lies_beyond_it(world: World) -> None:
    real(world.module, NOW)
    reboost = Closure.objects.create(
        module=world.module, kind="reboost", starts_at=NOW + 1 * DAY, ends_at=NOW + 1 * DAY + timedelta(hours=2)
    )
    after = [("0", "060", "precise"), ("1", "060", "good"), ("2", "060", "indicative"), ("5", "060", "statistical")]
    assert said(world, NOW, 16) == after
    reboost.withdrawn_at = NOW
    reboost.save()
    assert said(world, NOW, 1.5) == [("0", "060", "precise")]


def test_the_newest_ephemeris_that_covers_a_time_answers(world: World) -> None:
    real(world.module, NOW)
    ephemeris(world.module, NOW + 1 * DAY, 4, NOW, "older")
    ephemeris(world.module, NOW + 2 * DAY, 1, NOW + DAY, "newer")
    assert [(begin, label) for begin, label, _ in said(world, NOW, 6)] == [
        ("0", "060"),
        ("1", "older"),
        ("2", "newer"),
        ("3", "older"),
        ("5", "060"),
    ]
    assert said(world, NOW + 1 * DAY, 1) == [("1", "older", "precise")], "an ephemeris reaches further"


def test_an_ephemeris_knows_the_reboosts_that_its_operator_foresaw(world: World) -> None:
    file = ephemeris(world.module, NOW, 10, NOW, "with the burn")
    when = NOW + 2 * DAY
    closure = Closure.objects.create(
        module=world.module, kind="reboost", starts_at=when, ends_at=when + timedelta(hours=1)
    )
    assert {tier for _, _, tier in said(world, NOW, 7)} == {"precise", "good"}
    event = world.module.trajectory_events.create(
        file=file, name="Reboost", kind="reboost", occurs_at=when, closure=closure
    )
    event.revisions.create(file=file, revision=1, name="Reboost", occurs_at=when)
    assert {tier for _, _, tier in said(world, NOW, 7)} == {"precise"}
