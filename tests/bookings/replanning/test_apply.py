"""What a change of schedule does to bookings: flags and told people, never a silent move."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import lifecycle, replanning
from bookings.exceptions import NotAllowed
from bookings.lifecycle.attention import agree_to_phase
from bookings.models import Booking, Mail, Transition, WebhookDelivery
from bookings.states import Status
from bookings.webhooks import add_endpoint
from modules import operations
from modules.exceptions import ScheduleConflict
from modules.intervals import Span
from modules.models import Closure, FlightRules, Module, Phase, Zone
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
REASON = "Progress docks."


def apply(world: World, verb, **asked):
    return replanning.apply(world.module, partial(verb, **asked), reason=REASON, actor=world.staff, at=NOW)


def close(world: World, window=WINDOW, **asked):
    return apply(
        world,
        operations.declare_closure,
        module=world.module,
        kind="visiting_vehicle",
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        **asked,
    )


def slip(world: World, day: str):
    docked = Phase.objects.get(module=world.module, kind="docked")
    return apply(
        world,
        operations.revise_phase,
        phase_id=docked.pk,
        starts_at=docked.starts_at,
        ends_at=datetime.fromisoformat(day).replace(tzinfo=UTC),
        certainty="planned",
    )


def set_rules(world: World, **changes):
    rules = FlightRules.objects.get(phase__kind="docked")
    return apply(world, operations.change_rules, phase_id=rules.phase_id, changes=changes)


def state(booking: Booking) -> tuple[list[str], str, str]:
    now = Booking.objects.select_related("phase").get(pk=booking.pk)
    return now.attention, now.status, now.phase.kind


def confirmed(world: World, window=WINDOW, **asked) -> Booking:
    booking = world.reserve(window, status=Status.REQUESTED, **asked)
    return lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")


def test_a_closure_flags_what_it_meets_and_leaves_it_standing(world: World) -> None:
    hit, waiting = confirmed(world), world.reserve(WINDOW, by=world.theirs)
    beside, after = world.reserve(WINDOW, zones=("studio",)), world.reserve(span("03-11 10:00"))
    arena = world.module.zones.get(slug="arena")
    done = close(world, zones=[arena])
    assert [booking.pk for booking in done.reviewed.flagged] == [hit.pk, waiting.pk]
    assert done.reviewed.sentence == "2 bookings flagged for attention."
    assert [state(b)[0] for b in (hit, waiting, beside, after)] == [["closure"], ["closure"], [], []]
    assert state(hit)[1] == "confirmed"


def test_whoever_is_flagged_is_told_once_and_it_stands_in_the_history(world: World) -> None:
    booking = confirmed(world)
    close(world)
    mail = Mail.objects.get(kind="attention")
    assert (mail.booking_id, mail.recipient) == (booking.pk, world.ours.owner)
    assert mail.context["added"] == ["closure"]
    assert "Closed from 2027/069 10:00 GMT" in mail.context["findings"][0]
    line = Transition.objects.filter(booking=booking).last()
    assert line is not None
    assert (line.action, line.from_status, line.to_status, line.actor) == (
        "attention",
        "confirmed",
        "confirmed",
        world.staff.label,
    )
    assert line.detail["reason"] == REASON
    assert Booking.objects.get(pk=booking.pk).version == booking.version + 1


def test_withdrawing_or_moving_the_closure_clears_the_flag(world: World) -> None:
    booking = confirmed(world)
    closure = close(world).result.subject
    away = span("03-20 10:00")
    moved = apply(
        world, operations.change_closure, closure_id=closure.pk, starts_at=away.starts_at, ends_at=away.ends_at
    )
    assert (state(booking)[0], len(moved.reviewed.cleared)) == ([], 1)
    assert Mail.objects.filter(kind="attention").count() == 2
    again = close(world).result.subject
    assert state(booking)[0] == ["closure"]
    done = apply(world, operations.withdraw_closure, closure_id=again.pk)
    assert (state(booking)[0], done.reviewed.sentence) == ([], "1 booking cleared of it.")


def test_a_second_closure_over_a_flagged_booking_tells_nobody_twice(world: World) -> None:
    confirmed(world)
    close(world)
    assert close(world).reviewed.sentence == "No booking is affected."
    assert Mail.objects.filter(kind="attention").count() == 1


def test_a_slip_puts_bookings_into_their_new_phase_and_says_so(world: World) -> None:
    at = datetime(2027, 12, 1, tzinfo=UTC)
    free = world.reserve(_january(), at=at)
    assert state(free) == ([], "held", "free_flight")
    slip(world, "2028-09-15")
    assert state(free) == (["phase_changed"], "held", "docked")
    slip(world, "2028-01-01")
    assert state(free) == ([], "held", "free_flight"), "taken back, all is as it was"
    assert Booking.objects.get(pk=free.pk).agreed_phase is None


def _january() -> Span:
    start = datetime(2028, 1, 10, 10, tzinfo=UTC)
    return Span(start, start + timedelta(hours=2))


def test_two_slips_in_a_row_remember_the_phase_that_was_agreed(world: World) -> None:
    booking = world.reserve(_january(), at=datetime(2027, 12, 1, tzinfo=UTC))
    slip(world, "2028-06-01")
    slip(world, "2028-09-15")
    assert state(booking)[0] == ["phase_changed"]
    assert Mail.objects.filter(kind="attention").count() == 1


def test_a_window_over_the_new_boundary_is_flagged(world: World) -> None:
    booking = confirmed(world, span("06-01 23:00"))
    slip(world, "2027-06-02")
    assert state(booking) == (["phase_changed"], "confirmed", "docked")


def test_staff_may_let_a_booking_stand_in_its_new_phase(world: World) -> None:
    booking = world.reserve(_january(), at=datetime(2027, 12, 1, tzinfo=UTC))
    slip(world, "2028-09-15")
    agree_to_phase(actor=world.staff, booking_id=booking.pk, at=NOW, reason="The producer agrees.")
    assert state(booking) == ([], "held", "docked")
    replanning.recheck(world.module, operations.ALL_TIME, reason="Look", actor=world.staff, at=NOW)
    assert state(booking) == ([], "held", "docked")
    slip(world, "2028-01-01")
    assert state(booking) == (["phase_changed"], "held", "free_flight")


def test_a_producer_who_changes_a_booking_agrees_to_its_new_phase(world: World) -> None:
    at = datetime(2027, 12, 1, tzinfo=UTC)
    booking = world.reserve(_january(), at=at)
    slip(world, "2028-09-15")
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes={"crew": 1}, at=at)
    replanning.recheck(world.module, operations.ALL_TIME, reason="Look", actor=world.staff, at=at)
    assert state(booking) == ([], "held", "docked")


def test_lower_limits_flag_what_is_then_too_much_alone_or_together(world: World) -> None:
    big = world.reserve(span("03-10 10:00"), crew=5)
    one = world.reserve(span("03-12 10:00"), crew=3)
    other = world.reserve(span("03-12 11:00"), zones=("studio",), crew=2)
    small = world.reserve(span("03-14 10:00"), crew=2)
    set_rules(world, crew_limit=4)
    assert [state(b)[0] for b in (big, one, other, small)] == [*[["over_capacity"]] * 3, []]
    set_rules(world, crew_limit=6)
    assert [state(b)[0] for b in (big, one, other, small)] == [[], [], [], []]


def test_a_rule_that_forbids_the_activity_is_a_changed_phase(world: World) -> None:
    booking = world.reserve(WINDOW)
    arena = world.module.zones.get(slug="arena")
    docked = Phase.objects.get(module=world.module, kind="docked")
    apply(
        world,
        operations.change_rules,
        phase_id=docked.pk,
        changes={},
        zone_activities={arena.pk: ["sports"]},
    )
    assert state(booking)[0] == ["phase_changed"]


def test_flags_that_others_set_stay(world: World) -> None:
    booking = world.reserve(WINDOW)
    Booking.objects.filter(pk=booking.pk).update(attention=["conditions_drifted"])
    closure = close(world).result.subject
    assert state(booking)[0] == ["closure", "conditions_drifted"]
    apply(world, operations.withdraw_closure, closure_id=closure.pk)
    assert state(booking)[0] == ["conditions_drifted"]


@pytest.mark.parametrize("how", ["cancelled", "over"])
def test_what_is_over_is_left_alone(world: World, how: str) -> None:
    booking = confirmed(world)
    if how == "cancelled":
        lifecycle.cancel(actor=world.staff, booking_id=booking.pk, at=NOW)
    at = NOW if how == "cancelled" else WINDOW.ends_at
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="other",
        starts_at=WINDOW.starts_at,
        ends_at=WINDOW.ends_at,
    )
    done = replanning.apply(world.module, change, reason=REASON, actor=world.staff, at=at)
    assert not done.reviewed.flagged
    assert state(booking)[0] == []


def test_a_refused_change_leaves_everything_as_it_was(world: World) -> None:
    booking = confirmed(world)
    with pytest.raises(ScheduleConflict):
        close(world, span("03-10 10:00", 0.001), note="x" * 10, zones=[_strange_zone()])
    assert not Closure.objects.exists()
    assert state(booking)[0] == []


def _strange_zone() -> Zone:
    other = Module.objects.create(slug="see-2", name="SEE-2", position=1)
    return Zone.objects.create(module=other, slug="x", name="X", activities=[])


def test_only_staff_change_the_schedule(world: World) -> None:
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="other",
        starts_at=WINDOW.starts_at,
        ends_at=WINDOW.ends_at,
    )
    with pytest.raises(NotAllowed):
        replanning.apply(world.module, change, reason=REASON, actor=world.ours.actor, at=NOW)
    assert not Closure.objects.exists()


def test_what_is_looked_at_costs_the_same_few_queries_for_one_and_for_many(world: World) -> None:
    def looked_at() -> int:
        with CaptureQueriesContext(connection) as queries:
            replanning.recheck(world.module, operations.ALL_TIME, reason="Look", actor=world.staff, at=NOW)
        return len(queries)

    world.reserve(span("03-10 10:00"), crew=1)
    few = looked_at()
    for day in range(11, 25):
        world.reserve(span(f"03-{day} 10:00"), crew=1)
    assert looked_at() == few
    assert few <= 12


def test_partners_are_told_of_each_closure_once_whoevers_it_touches(world: World) -> None:
    add_endpoint(organisation=world.theirs.organisation, url="https://theirs.example/", events=[], at=NOW)
    add_endpoint(organisation=world.ours.organisation, url="https://ours.example/", events=["booking.created"], at=NOW)

    def told() -> list[tuple[str, bool]]:
        data = [delivery.payload["data"] for delivery in WebhookDelivery.objects.order_by("pk")]
        return [(each["ends_at"], each["withdrawn"]) for each in data]

    closure = close(world, note="Not for partners.").result.subject
    ends_at = WINDOW.ends_at + timedelta(hours=1)
    apply(world, operations.change_closure, closure_id=closure.pk, ends_at=ends_at)
    apply(world, operations.change_closure, closure_id=closure.pk, ends_at=ends_at)  # the same again: no news
    apply(world, operations.withdraw_closure, closure_id=closure.pk)
    slip(world, "2027-09-01")  # no closure's news
    assert told() == [
        ("2027-03-10T12:00:00Z", False),
        ("2027-03-10T13:00:00Z", False),
        ("2027-03-10T13:00:00Z", True),
    ]
    assert {delivery.event for delivery in WebhookDelivery.objects.all()} == {"closure.changed"}
    assert "Not for partners." not in str([delivery.payload for delivery in WebhookDelivery.objects.all()])
