"""A change of the schedule previewed, applied as one revision, and gone stale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bookings import actors, emails, lifecycle, replanning
from bookings.exceptions import InvalidTransition, NotAllowed, NotFound, StalePreview
from bookings.models import Booking, Mail, ScheduleRevision, Transition
from bookings.replanning import asking
from bookings.states import Status
from modules import operations
from modules.exceptions import ModuleError
from modules.models import (
    Closure,
    OrbitElements,
    Phase,
)
from tests.bookings import invariants
from tests.bookings.replanning.revising import (
    REASON,
    WINDOW,
    carry_out,
    closing,
    everything,
    preview,
    shown,
    slipping,
    take_back,
)
from tests.modules.orbit.element_text import tle
from tests.world import NOW, World, span


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
