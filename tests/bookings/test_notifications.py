"""What happened is told on the pages too: promised with the mail, only to its person, and as they chose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outgoing

from bookings import actors, delivery, emails, lifecycle, notifications, outbox
from bookings.exceptions import Invalid, SlotTaken
from bookings.keys import make_key
from bookings.models import Mail, Membership, Role, Scope
from bookings.states import Status
from tests.world import NOW, Company, World, span

WINDOW = span("05-10 10:00")
HOUR = timedelta(hours=1)


def told(company: Company, *, at=NOW) -> list[str]:
    return [row.kind for row in notifications.of(company.actor, at=at)]


def test_what_happens_is_told_to_its_people_and_to_nobody_else(world: World) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    assert told(world.ours) == ["requested"]
    assert told(world.theirs) == []
    lifecycle.confirm(
        actor=world.staff, booking_id=booking.pk, version=booking.version, concurrence="Axiom", at=NOW + HOUR
    )
    assert told(world.ours, at=NOW + HOUR) == ["confirmed", "requested"]
    assert [row.kind for row in notifications.of(world.staff, at=NOW + HOUR)] == []


def test_what_is_undone_is_not_told(world: World) -> None:
    world.reserve(WINDOW, by=world.theirs, status=Status.REQUESTED)
    with pytest.raises(SlotTaken):
        world.reserve(WINDOW, status=Status.REQUESTED)
    assert told(world.ours) == []


def test_reminders_are_told_when_they_are_due_and_not_after_a_cancellation(world: World) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    week_before = WINDOW.starts_at - timedelta(days=7)
    assert told(world.ours, at=week_before - HOUR) == ["reminder_30_days", "requested"]
    assert told(world.ours, at=week_before) == ["reminder_7_days", "reminder_30_days", "requested"]
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, version=booking.version, at=NOW + HOUR)
    assert told(world.ours, at=week_before) == ["cancelled", "requested"]


def test_reading_marks_ones_own_alone(world: World) -> None:
    world.reserve(WINDOW, status=Status.REQUESTED)
    row = Mail.objects.get(kind="requested")
    assert notifications.mark_read(actor=world.theirs.actor, at=NOW, ids=[row.pk]) == 0
    assert notifications.count_unread(world.ours.actor, at=NOW) == 1
    assert notifications.mark_read(actor=world.ours.actor, at=NOW, ids=[row.pk]) == 1
    assert notifications.mark_read(actor=world.ours.actor, at=NOW) == 0
    assert notifications.count_unread(world.ours.actor, at=NOW) == 0
    assert told(world.ours) == ["requested"]


def test_whoever_leaves_an_organisation_is_told_nothing_more_of_it(world: World) -> None:
    world.reserve(WINDOW, status=Status.REQUESTED)
    Membership.objects.filter(user=world.ours.owner).delete()
    assert told(world.ours) == []


def touched(world: World) -> Mail:
    """One change of the schedule touches a booking of each organisation; the owner of ours belongs to both."""
    Membership.objects.create(user=world.ours.owner, organisation=world.theirs.organisation, role=Role.OWNER)
    ours, theirs = world.reserve(WINDOW), world.reserve(span("05-11 10:00"), by=world.theirs)
    for booking in (ours, theirs):
        booking.created_by = world.ours.owner
        booking.save(update_fields=["created_by"])
    Mail.objects.all().delete()
    said = {"reason": "Progress docks.", "findings": ["Closed."]}
    outbox.promise_together([ours, theirs], [said, said], at=NOW, once="1")
    return Mail.objects.get(kind="replanned", recipient=world.ours.owner)


def test_news_of_several_bookings_is_of_those_organisations_alone_that_one_belongs_to(world: World) -> None:
    mail = touched(world)
    owner = world.ours.owner

    def now_told() -> list[str]:
        return [row.kind for row in notifications.of(actors.person(owner, via="page"), at=NOW)]

    assert now_told() == ["replanned"]
    assert emails.write(mail, at=NOW).subject == "Needs a look: 2 of your bookings"
    Membership.objects.filter(user=owner, organisation=world.theirs.organisation).delete()
    assert now_told() == ["replanned"]
    letter = emails.write(mail, at=NOW)
    assert letter.subject == "Needs a look: one of your bookings"
    assert [name for name, _ in letter.facts] == [world.ours.organisation.bookings.get().reference]
    Membership.objects.filter(user=owner).delete()
    assert now_told() == []
    assert delivery.deliver_due(at=NOW) == {"withdrawn": 1}
    assert outgoing.outbox == []


@pytest.mark.parametrize(
    ("attention", "subject"),
    [
        ([[], []], "Fits again: 2 of your bookings"),
        ([[], ["closure"]], "Needs a look: 2 of your bookings"),
    ],
)
def test_bookings_that_fit_again_raise_no_alarm_whatever_else_is_said_of_them(
    world: World, attention: list[list[str]], subject: str
) -> None:
    made = [world.reserve(WINDOW), world.reserve(span("05-11 10:00"))]
    said = {"reason": "It is taken back.", "findings": ["The window that was offered instead is given back."]}
    outbox.promise_together(made, [{**said, "attention": each} for each in attention], at=NOW, once="1")
    mail = Mail.objects.get(kind="replanned")
    assert emails.write(mail, at=NOW).subject == subject


def test_a_key_sees_what_is_told_of_its_own_organisation(world: World) -> None:
    world.reserve(WINDOW, status=Status.REQUESTED)
    Membership.objects.create(user=world.ours.owner, organisation=world.theirs.organisation)
    for company, count in ((world.ours, 1), (world.theirs, 0)):
        key, _secret = make_key(
            user=world.ours.owner, organisation=company.organisation, name="x", at=NOW, scopes=[Scope.READ]
        )
        assert notifications.of(actors.partner(key), at=NOW).count() == count


def test_a_choice_holds_where_it_was_made(world: World) -> None:
    world.reserve(WINDOW, status=Status.REQUESTED)
    notifications.choose(
        actor=world.ours.actor, not_by_mail=["requested"], not_on_pages=["reminder_30_days", "reminder_7_days"]
    )
    assert delivery.deliver_due(at=NOW) == {"unwanted": 1}
    assert outgoing.outbox == []
    later = WINDOW.starts_at - timedelta(days=7)
    assert told(world.ours, at=later) == ["requested"]
    assert delivery.deliver_due(at=later) == {"sent": 2}


def test_what_must_come_comes_somewhere(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        notifications.choose(actor=world.ours.actor, not_by_mail=["challenged"], not_on_pages=["challenged"])
    assert [error.code for error in refusal.value.errors] == ["must_come"]
    notifications.choose(
        actor=world.ours.actor, not_by_mail=["challenged", "released"], not_on_pages=["released", "confirmed"]
    )
    chosen = notifications.choice_of(world.ours.actor)
    assert (chosen.not_by_mail, chosen.not_on_pages) == (["released", "challenged"], ["confirmed", "released"])
    with pytest.raises(Invalid, match="gossip"):
        notifications.choose(actor=world.ours.actor, not_by_mail=["gossip"], not_on_pages=[])
