"""The search by the orbit against brute force: every orbital requirement, alone and together, in every tier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import transaction

from bookings.conditions import Conditions
from bookings.search import find
from modules.models import OrbitElements, Place
from modules.operations import lay_nominal
from modules.operations.founding import see1_facts
from tests.bookings.search import oracle, scenery
from tests.bookings.search.orbital_oracle import Sky, Wanted
from tests.bookings.search.test_oracle import request_of
from tests.world import World

RELAYS = [-41.0, -171.0]
BEGINNING = datetime(2027, 3, 9, 22, 0, tzinfo=UTC)
AGES_DAYS = [0, 1, 3, 4, 8, 12, 13, 20, 200]


def wish(random: Random) -> Wanted:
    wanted = Wanted()
    if random.random() < 0.7:
        wanted.lighting = random.choice(["day", "night", "night", "sunrise", "sunset"])
        if wanted.lighting in ("day", "night") and random.random() < 0.7:
            wanted.lighting_min = random.choice([5, 12, 20, 25, 32])
    if random.random() < 0.4:
        wanted.place, wanted.pass_min = (41.9028, 12.4964), random.choice([0, 0, 3, 5])
        wanted.min_elevation = random.choice([10.0, 10.0, 0.0, 30.0])
    if wanted == Wanted() or random.random() < 0.3:
        wanted.downlink_min = random.choice([10, 30, 60])
    return wanted


def conditions_of(wanted: Wanted) -> Conditions:
    def length(minutes: int | None) -> timedelta | None:
        return timedelta(minutes=minutes) if minutes else None

    return Conditions(
        lighting=wanted.lighting,
        lighting_min=length(wanted.lighting_min),
        place="rome" if wanted.place else "",
        min_elevation_degrees=wanted.min_elevation,
        pass_min=length(wanted.pass_min),
        downlink_min=length(wanted.downlink_min),
    )


def lay_elements(random: Random, world: World) -> OrbitElements:
    """One nominal set, of an epoch some days before the span, in an orbit turned at random."""
    OrbitElements.objects.all().delete()
    facts = see1_facts()["nominal_orbits"][0] | {"phase_kind": "docked", "raan_degrees": random.uniform(0, 360)}
    lay_nominal(world.module, [facts], at=BEGINNING - timedelta(days=random.choice(AGES_DAYS)))
    return OrbitElements.objects.get()


@pytest.mark.parametrize("tens", range(10))
def test_the_search_finds_what_brute_force_finds_in_the_orbit(world: World, tens: int) -> None:
    assert Place.objects.get(slug="rome").latitude == 41.9028
    found_any = 0
    for seed in range(tens * 10, tens * 10 + 10):
        random = Random(f"orbit {seed}")
        asked, wanted = scenery.question(random, BEGINNING), wish(random)
        # The rules have their own oracle; here they leave room for the orbit to decide.
        asked.at, asked.activity, asked.crew = BEGINNING - timedelta(days=2), "filming", 0
        asked.crew_awake, asked.minutes = random.random() < 0.3, random.choice([30, 60, 90, 95, 120, 180])
        asked.ends = asked.begins + scenery.minutes(random, 600, 3000)
        with transaction.atomic():
            elements = lay_elements(random, world)
            scenery.lay_closures(random, world, asked.begins, asked.ends, kinds=["eva", "maintenance"])
            scenery.lay_bookings(random, world, asked)
            sky = Sky(elements.as_elements(), RELAYS, asked.begins, asked.ends)
            request = request_of(world, asked, conditions=conditions_of(wanted))
            result = find(request, at=asked.at)
            offered = [(window.span.starts_at, window.zone.slug) for window in result.windows]
            expected = oracle.windows(asked, world.module.pk, also=sky, wanted=wanted)
            assert offered == expected, f"seed {seed}: {asked} {wanted}"
            transaction.set_rollback(True)
        found_any += bool(offered)
    assert found_any >= 1, "cases without a window would prove little"
