"""The bars that PostgreSQL writes are those that the calendar's schedule tells of, for every kind of reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from bookings import actors, lifecycle
from bookings.models import Booking
from bookings.models.booking import Attention
from bookings.states import Status
from bookings.web.schedule import Entry, read_schedule
from bookings.web.timeline_bars import read_bars
from bookings.web.timeline_json import entry_words, iso
from modules.intervals import Span
from modules.models import Closure
from tests.world import NOW, World, span


def expected(entry: Entry) -> dict[str, Any]:
    bar: dict[str, Any] = {
        "mark": entry.mark,
        "from": iso(entry.span.starts_at),
        "to": iso(entry.span.ends_at),
        "state": entry_words(entry),
    }
    if entry.booking:
        bar |= {
            "id": entry.booking.pk.hex,
            "reference": entry.booking.reference,
            "rank": entry.booking.rank,
            "title": entry.booking.production.title,
            "url": reverse("booking", args=[entry.booking.pk]),
            "until": iso(entry.turnaround_until) if entry.turnaround_until else None,
            "attention": [str(Attention(reason).label) for reason in entry.booking.attention],
        }
    elif entry.closure:
        bar |= {"id": f"closure-{entry.closure.pk}", "certainty": entry.closure.certainty}
    return bar


@pytest.fixture
def busy(world: World) -> World:
    """Every mark, holds three deep, bookings over several zones, and neighbours that touch."""
    world.theirs.production.confidential = True
    world.theirs.production.save()
    for hour, by in (("10:00", world.ours), ("10:30", world.theirs), ("11:00", world.ours), ("16:00", world.theirs)):
        world.reserve(span(f"03-10 {hour}"), by=by, zones=("arena", "control"))
    for hour in ("10", "12", "14"):
        world.reserve(span(f"03-11 {hour}:00", 1.5), by=world.theirs, zones=("studio",))
    requested = world.reserve(span("03-12 10:00"), status=Status.REQUESTED, zones=("studio", "arena"))
    theirs = world.reserve(span("03-13 22:00", 5), by=world.theirs, status=Status.REQUESTED)
    world.reserve(span("03-14 10:00"), by=world.theirs, status=Status.REQUESTED, zones=("control",))
    lifecycle.confirm(actor=world.staff, booking_id=requested.pk, concurrence="A, by mail", at=NOW)
    lifecycle.cancel(actor=world.theirs.actor, booking_id=theirs.pk, at=NOW)
    Booking.objects.filter(pk=requested.pk).update(attention=["closure", "phase_changed"])
    shut = Closure.objects.create(
        module=world.module, kind="eva", starts_at=span("03-11 00:00").starts_at, ends_at=span("03-12 11:00").starts_at
    )
    shut.zones.set(world.module.zones.filter(slug="studio"))
    Closure.objects.create(
        module=world.module, kind="reboost", starts_at=span("03-10 01:00").starts_at, ends_at=NOW + timedelta(days=9)
    )
    return world


@pytest.mark.parametrize("who", ["ours", "theirs", "both", "nobody", "staff"])
@pytest.mark.parametrize(
    "around",
    [
        span("03-09 00:00", 6 * 24),
        span("03-10 12:00", 1),
        span("03-10 12:15", 0.25),
        span("03-14 12:10", 0.25),
        span("05-01 00:00", 24),
    ],
    ids=["all", "part of holds", "a quarter of an hour", "turnaround alone", "nothing"],
)
def test_bars_are_what_the_schedule_says(busy: World, who: str, around: Span) -> None:
    actor = {
        "ours": busy.ours.actor,
        "theirs": busy.theirs.actor,
        "staff": busy.staff,
        "nobody": replace(busy.ours.actor, organisation_ids=frozenset()),
        "both": replace(
            busy.ours.actor, organisation_ids=busy.ours.actor.organisation_ids | busy.theirs.actor.organisation_ids
        ),
    }[who]
    assert_same(busy, actor, around)


def test_of_some_zones_only(busy: World) -> None:
    zones = list(busy.module.zones.filter(slug="arena"))
    around = span("03-09 00:00", 6 * 24)
    found = read_bars(busy.ours.actor, busy.module, around, zones)
    schedule = read_schedule(busy.ours.actor, busy.module, around, zones)
    assert found == {zones[0].pk: [expected(entry) for entry in schedule.lanes[zones[0].pk]]}
    assert read_bars(busy.ours.actor, busy.module, around, []) == {}


def assert_same(world: World, actor: actors.Actor, around: Span) -> None:
    zones = list(world.module.zones.all())
    lanes = read_schedule(actor, world.module, around, zones).lanes
    assert read_bars(actor, world.module, around, zones) == {
        pk: [expected(entry) for entry in lane] for pk, lane in lanes.items()
    }


def test_the_world_above_has_every_mark(busy: World) -> None:
    lanes = read_bars(busy.ours.actor, busy.module, span("03-09 00:00", 6 * 24), list(busy.module.zones.all()))
    marks = {bar["mark"] for lane in lanes.values() for bar in lane}
    assert marks == {"closed", "confirmed", "full", "held", "unavailable", "waiting"}
