"""A change of the schedule previewed, applied as one revision, gone stale, and taken back by another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bookings import actors, emails, lifecycle, replanning
from bookings.exceptions import InvalidTransition, NotAllowed, NotFound, StalePreview
from bookings.models import Booking, Mail, RevisedBooking, ScheduleRevision, Transition
from bookings.replanning import asking
from bookings.states import Status
from modules import operations
from modules.exceptions import ModuleError, ScheduleConflict
from modules.models import (
    Closure,
    EphemerisFile,
    FlightRules,
    Module,
    OrbitElements,
    Phase,
    PhaseRevision,
    TrajectoryEvent,
)
from tests.bookings import invariants
from tests.modules.operations.ephemeris_text import gmt, oem
from tests.modules.orbit.element_text import tle
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
REASON = "Progress docks."


def closing(world: World, window=WINDOW, zones: tuple[str, ...] = ()) -> partial[Any]:
    return partial(
        operations.declare_closure,
        module=world.module,
        kind="visiting_vehicle",
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        zones=list(world.module.zones.filter(slug__in=zones)),
    )


def slipping(world: World, day: str) -> partial[Any]:
    docked = Phase.objects.get(module=world.module, kind="docked")
    until = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return partial(
        operations.revise_phase,
        phase_id=docked.pk,
        starts_at=docked.starts_at,
        ends_at=until,
        certainty="planned",
    )


def limiting(**changes: Any) -> partial[Any]:
    docked = Phase.objects.get(kind="docked")
    return partial(operations.change_rules, phase_id=docked.pk, changes=changes)


def preview(world: World, change: partial[Any], *, at: datetime = NOW) -> ScheduleRevision:
    return replanning.preview(world.module, change, reason=REASON, actor=world.staff, at=at)


def carry_out(world: World, revision: ScheduleRevision, *, at: datetime = NOW) -> ScheduleRevision:
    return replanning.apply_preview(revision.pk, actor=world.staff, at=at)


def take_back(world: World, revision: ScheduleRevision) -> ScheduleRevision:
    back = replanning.preview_return(revision.pk, reason="It was wrong.", actor=world.staff, at=NOW)
    return carry_out(world, back)


def shown(revision: ScheduleRevision) -> dict[str, tuple[str, list[str]]]:
    rows = RevisedBooking.objects.filter(revision=revision).select_related("booking")
    return {row.booking.reference: (row.outcome, row.attention_after) for row in rows}


def everything() -> list[Any]:
    """All that a revision could have an effect on, the record of revisions left out."""
    kept = (Phase, FlightRules, PhaseRevision, Module)
    return [invariants.snapshot(), *(list(model.objects.order_by("pk").values()) for model in kept)]


def test_a_preview_changes_nothing_and_says_which_bookings_break_what(world: World) -> None:
    hit, beside = world.reserve(WINDOW), world.reserve(span("03-12 10:00"), by=world.theirs)
    before = everything()
    revision = preview(world, closing(world))
    assert everything() == before
    assert (revision.flagged, revision.cleared, revision.staying, revision.told) == (1, 0, 0, 1)
    row = revision.bookings.get()
    assert (row.booking, row.outcome, row.attention_before, row.attention_after) == (hit, "flagged", [], ["closure"])
    assert row.findings[0]["code"] == "closed"
    assert "Closed from 2027/069 10:00 GMT" in row.findings[0]["detail"]
    assert beside.reference not in shown(revision)
    assert revision.changes[0]["before"] is None


def test_applying_does_what_was_shown_as_one_revision_with_its_reason(world: World) -> None:
    hit, waiting = world.reserve(WINDOW), world.reserve(WINDOW, by=world.theirs)
    revision = carry_out(world, preview(world, closing(world)), at=NOW + timedelta(hours=1))
    assert (revision.state, revision.applied_by, revision.reason) == ("applied", world.staff.label, REASON)
    assert shown(revision) == {b.reference: ("flagged", ["closure"]) for b in (hit, waiting)}
    assert [booking.attention for booking in Booking.objects.all()] == [["closure"], ["closure"]]
    closure = Closure.objects.get()
    assert revision.changes[0]["key"] == closure.pk, "what is new bears the number it was really given"
    assert Transition.objects.filter(action="attention", detail__reason=REASON).count() == 2


def test_each_person_gets_one_message_however_many_of_theirs_it_touches(world: World) -> None:
    mine = [world.reserve(span(f"03-{day} 10:00")) for day in (10, 11, 12)]
    theirs = world.reserve(span("03-10 14:00"), by=world.theirs)
    away = span("03-10 00:00", hours=24 * 3)
    revision = preview(world, closing(world, away))
    assert revision.told == 2
    carry_out(world, revision)
    told = Mail.objects.filter(kind__in=["attention", "replanned"])
    assert {(mail.kind, mail.recipient) for mail in told} == {
        ("replanned", world.ours.owner),
        ("attention", world.theirs.owner),
    }
    assert told.get(kind="attention").booking == theirs
    letter = emails.letters.write(told.get(kind="replanned"), at=NOW)
    assert letter.subject == "Needs a look: 3 of your bookings"
    assert f"What changed: {REASON}" in letter.happened
    assert [name for name, _ in letter.facts] == [booking.reference for booking in mine]
    assert all(any("Closed from" in line for line in lines) for _, lines in letter.facts)
    assert emails.compose(told.get(kind="replanned"), at=NOW).body


def somebody_closes(world: World) -> None:
    replanning.apply(world.module, closing(world), reason="Another.", actor=world.staff, at=NOW)


def somebody_books(world: World) -> None:
    world.reserve(span("03-10 10:00"), zones=("studio",))


def somebody_cancels(world: World) -> None:
    lifecycle.cancel(actor=world.staff, booking_id=Booking.objects.earliest("arrival").pk, at=NOW)


def somebody_requests(world: World) -> None:
    booking = Booking.objects.earliest("arrival")
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)


@pytest.mark.parametrize("meanwhile", [somebody_closes, somebody_books, somebody_cancels, somebody_requests])
def test_a_stale_preview_refuses_and_does_nothing(world: World, meanwhile) -> None:
    world.reserve(WINDOW)
    revision = preview(world, closing(world))
    meanwhile(world)
    before = everything()
    with pytest.raises(StalePreview, match="Preview it anew"):
        carry_out(world, revision)
    assert everything() == before
    assert not ScheduleRevision.objects.get(pk=revision.pk).is_applied
    again = replanning.preview_again(revision.pk, actor=world.staff, at=NOW)
    assert carry_out(world, again).is_applied


def test_a_slip_that_another_slip_overtook_is_stale(world: World) -> None:
    first, second = preview(world, slipping(world, "2028-09-15")), preview(world, slipping(world, "2028-06-01"))
    carry_out(world, second)
    with pytest.raises(StalePreview):
        carry_out(world, first)
    assert Phase.objects.get(kind="docked").ends_at == datetime(2028, 6, 1, tzinfo=UTC)


def test_what_it_does_not_touch_leaves_a_preview_good(world: World) -> None:
    world.reserve(WINDOW)
    revision = preview(world, closing(world))
    world.reserve(span("03-20 10:00"))
    assert carry_out(world, revision).is_applied


def test_it_is_applied_once(world: World) -> None:
    revision = carry_out(world, preview(world, closing(world)))
    with pytest.raises(InvalidTransition, match="applied already"):
        carry_out(world, revision)
    assert Closure.objects.count() == 1


def test_only_staff_preview_apply_and_take_back(world: World) -> None:
    revision, producer = preview(world, closing(world)), world.ours.actor
    with pytest.raises(NotAllowed):
        replanning.preview(world.module, closing(world), reason=REASON, actor=producer, at=NOW)
    with pytest.raises(NotAllowed):
        replanning.apply_preview(revision.pk, actor=producer, at=NOW)
    with pytest.raises(NotAllowed):
        replanning.preview_again(revision.pk, actor=producer, at=NOW)
    carry_out(world, revision)
    with pytest.raises(NotAllowed):
        replanning.preview_return(revision.pk, reason="No", actor=producer, at=NOW)
    with pytest.raises(NotFound):
        replanning.apply_preview(revision.pk + 1000, actor=world.staff, at=NOW)


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


def test_a_file_of_elements_is_previewed_from_what_is_kept_of_it(world: World) -> None:
    reading = operations.read_elements(name="a.tle", content=tle(), at=NOW)
    revision = preview(world, partial(operations.load_elements, module=world.module, reading=reading))
    assert not OrbitElements.objects.filter(nominal=False).exists()
    carry_out(world, revision)
    assert OrbitElements.objects.get(nominal=False).file.name == "a.tle"


def test_changing_at_once_is_a_revision_too(world: World) -> None:
    world.reserve(WINDOW)
    done = replanning.apply(world.module, closing(world), reason=REASON, actor=actors.clock("import"), at=NOW)
    assert done.revision.is_applied
    assert (done.revision.flagged, done.revision.via) == (1, "import")
    take_back(world, done.revision)
    assert Booking.objects.get().attention == []


def test_a_verb_that_is_refused_makes_no_revision(world: World) -> None:
    with pytest.raises(ModuleError):
        preview(world, slipping(world, "2000-01-01"))
    with pytest.raises(ValueError, match="does not change the schedule"):
        asking.write(partial(operations.issue_nominal, world.module, at=NOW))
    assert not ScheduleRevision.objects.exists()


def test_a_confirmed_booking_keeps_its_time_and_its_reminders(world: World) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    invariants.check_reminders(invariants.bookings(), NOW)
    carry_out(world, preview(world, closing(world)))
    invariants.check_reminders(invariants.bookings(), NOW)
    assert Booking.objects.get(pk=booking.pk).span == WINDOW
