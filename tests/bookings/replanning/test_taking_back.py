"""A revision taken back by another: what it restores, what keeps it from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bookings import replanning
from bookings.exceptions import InvalidTransition
from bookings.models import Booking, Mail, Proposal, ScheduleRevision
from modules import operations
from modules.exceptions import ScheduleConflict
from modules.models import (
    EphemerisFile,
    OrbitElements,
    Phase,
    TrajectoryEvent,
)
from tests.bookings import invariants
from tests.bookings.replanning.revising import carry_out, closing, limiting, preview, slipping, take_back
from tests.bookings.replanning.rounds import fresh, offered
from tests.modules.operations.ephemeris_text import gmt, oem
from tests.world import NOW, World, span


@pytest.mark.parametrize(
    "change",
    [
        lambda world: closing(world, zones=("arena",)),
        lambda world: slipping(world, "2027-03-10"),
        lambda world: limiting(crew_limit=1, turnaround=timedelta(minutes=45)),
        lambda world: partial(
            operations.change_rules,
            phase_id=Phase.objects.get(kind="docked").pk,
            changes={},
            zone_activities={world.module.zones.get(slug="arena").pk: ["sports"]},
        ),
    ],
)
def test_taking_back_restores_schedule_and_bookings(world: World, change) -> None:
    for day, zone in ((9, "arena"), (10, "arena"), (11, "studio")):
        world.reserve(span(f"03-{day} 10:00"), zones=(zone,), crew=2)

    def state() -> Any:
        bookings = Booking.objects.order_by("pk").values_list("pk", "attention", "phase", "agreed_phase", "status")
        return list(bookings), operations.standing(world.module)

    before = state()
    revision = carry_out(world, preview(world, change(world)))
    assert revision.flagged
    assert state() != before
    back = take_back(world, revision)
    bookings, standing = state()
    assert bookings == before[0]
    assert {k: v for k, v in standing.items() if not v.get("withdrawn")} == before[1]
    assert back.takes_back == revision
    with pytest.raises(InvalidTransition, match="taken back already"):
        take_back(world, revision)
    again = take_back(world, back)
    assert (again.flagged, again.cleared) == (revision.flagged, revision.cleared), "what was taken back is back"


def test_what_was_changed_again_since_is_not_taken_back(world: World) -> None:
    first = carry_out(world, preview(world, slipping(world, "2028-09-15")))
    second = carry_out(world, preview(world, slipping(world, "2028-06-01")))
    with pytest.raises(ScheduleConflict, match="has changed again since"):
        take_back(world, first)
    take_back(world, second)
    take_back(world, first)
    assert Phase.objects.get(kind="docked").ends_at == datetime(2028, 1, 1, tzinfo=UTC)


def test_two_ways_back_of_one_revision_only_one_is_gone(world: World) -> None:
    revision = carry_out(world, preview(world, closing(world)))
    ways = [replanning.preview_return(revision.pk, reason="Wrong.", actor=world.staff, at=NOW) for _ in range(2)]
    carry_out(world, ways[0])
    with pytest.raises(InvalidTransition, match="taken back already"):
        carry_out(world, ways[1])


def test_a_preview_cannot_be_taken_back_nor_a_phase_that_was_added(world: World) -> None:
    revision = preview(world, closing(world))
    with pytest.raises(InvalidTransition, match="never applied"):
        replanning.preview_return(revision.pk, reason="No", actor=world.staff, at=NOW)


def test_an_ephemeris_is_taken_back_with_its_events_and_can_be_loaded_anew(world: World) -> None:
    at = gmt("2027-068 00:00")
    booking = world.reserve(span("03-12 10:00"))

    def loading(name: str, day: str, events: dict[str, str]) -> partial[Any]:
        reading = operations.read_ephemeris(name=name, content=oem(day, events), at=at)
        return partial(operations.load_ephemeris, module=world.module, reading=reading)

    first = replanning.apply(
        world.module, loading("a.oem", "2027-060", {"81P Docking": "066 10:00"}), reason="A", actor=world.staff, at=at
    )
    before = operations.standing(world.module)
    slip = loading("b.oem", "2027-061", {"81P Docking": "071 11:00", "SpX-9 Undock": "073 09:00"})
    revision = preview(world, slip, at=at)
    assert EphemerisFile.objects.count() == 1, "the preview kept no file"
    carry_out(world, revision, at=at)
    assert Booking.objects.get(pk=booking.pk).attention == ["closure"]
    take_back(world, revision)
    now = operations.standing(world.module)
    assert {key: now[key] for key in before} == before
    assert Booking.objects.get(pk=booking.pk).attention == []
    assert EphemerisFile.objects.get(name="b.oem").withdrawn_at == NOW, "it stays on record"
    lost = TrajectoryEvent.objects.get(name="SpX-9 Undock")
    assert (lost.status, lost.closure) == ("vanished", None)
    anew = replanning.apply(world.module, slip, reason="After all", actor=world.staff, at=at)
    assert anew.result.is_new
    assert Booking.objects.get(pk=booking.pk).attention == ["closure"]
    lost.refresh_from_db()
    assert lost.status == "current"
    assert lost.closure is not None
    assert first.revision.is_applied


def test_elements_are_taken_back(world: World) -> None:
    nominal = OrbitElements.objects.get(phase_kind="docked", nominal=True)
    elements = replace(nominal.as_elements(), nominal=False)
    reading = operations.ElementsReading("a.tle", b"as told", (elements,))
    replanning.apply(
        world.module,
        partial(operations.load_elements, module=world.module, reading=reading),
        reason="Loaded",
        actor=world.staff,
        at=NOW,
    )
    loaded = OrbitElements.objects.get(nominal=False)
    assert loaded.status == "accepted"
    away = partial(operations.quarantine_elements, elements_id=loaded.pk)
    revision = preview(world, away)
    assert OrbitElements.objects.get(pk=loaded.pk).status == "accepted", "a preview sets nothing aside"
    carry_out(world, revision)
    assert OrbitElements.objects.get(pk=loaded.pk).status == "quarantined"
    take_back(world, revision)
    assert OrbitElements.objects.get(pk=loaded.pk).status == "accepted"
    take_back(world, ScheduleRevision.objects.get(verb="load_elements"))
    assert OrbitElements.objects.get(pk=loaded.pk).status == "quarantined", "it stays on record and answers no more"


def test_taking_back_withdraws_what_was_offered_because_of_it_with_one_message(world: World) -> None:
    """Its holds are released, the bookings stay where they are, and each person gets a single mail that says so."""
    firm, other = (
        world.reserve(span(f"03-10 {hour}:00"), zones=(zone,)) for hour, zone in ((10, "arena"), (10, "studio"))
    )
    revision = carry_out(world, preview(world, closing(world)))
    first, second = offered(world, firm, other)
    theirs = world.reserve(first.span, by=world.theirs, zones=tuple(first.zones))
    waited = theirs.rank
    back = replanning.preview_return(revision.pk, reason="It never was.", actor=world.staff, at=NOW)
    told = {row.booking_id: [each["code"] for each in row.findings] for row in back.bookings.all()}
    assert told == {firm.pk: ["offer_given_back"], other.pk: ["offer_given_back"]}, "the preview says so"
    assert Proposal.objects.filter(state="open").count() == 2, "and does nothing"
    Mail.objects.all().delete()
    carry_out(world, back)
    for proposal in (first, second):
        proposal.refresh_from_db()
        assert (proposal.state, proposal.answered_at) == ("withdrawn", NOW)
        assert "fits it again" in proposal.why
        assert fresh(proposal.hold).status == "released"
        assert (fresh(proposal.booking).attention, fresh(proposal.booking).status) == ([], "held")
    assert fresh(theirs).rank == waited - 1, "who waited behind the offered window moves up"
    mails = (
        Mail.objects.filter(recipient=world.ours.owner).exclude(kind__startswith="reminder").exclude(state="withdrawn")
    )
    assert [mail.kind for mail in mails.filter(due_at=NOW)] == ["replanned"]
    invariants.check(NOW)


def test_an_offer_stays_open_while_something_else_is_still_in_the_way(world: World) -> None:
    booking = world.reserve(span("03-10 10:00"))
    carry_out(world, preview(world, closing(world)))
    second = carry_out(world, preview(world, closing(world)))
    [proposal] = offered(world, booking)
    take_back(world, second)
    proposal.refresh_from_db()
    assert proposal.is_open
    assert fresh(booking).attention == ["closure"]
