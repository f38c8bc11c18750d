"""An offer answered from several sides at once, or offered twice: one answer counts, and nothing is double-booked."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bookings import replanning
from bookings.exceptions import InvalidTransition
from bookings.models import Booking, Mail, Proposal, Rebooking
from modules import operations
from tests.bookings import invariants
from tests.race.field import Field
from tests.threads import at_once
from tests.world import NOW, span

pytestmark = pytest.mark.slow
ANSWER_BY = NOW + timedelta(days=3)


@pytest.fixture
def planned(field: Field) -> Rebooking:
    booking = field.world.reserve(span("03-10 10:00"))
    around = span("03-10 08:00", 6)
    change = partial(
        operations.declare_closure,
        module=field.world.module,
        kind="maintenance",
        starts_at=around.starts_at,
        ends_at=around.ends_at,
    )
    said: dict[str, Any] = {"reason": "Race.", "actor": field.world.staff, "at": NOW}
    replanning.apply(field.world.module, change, **said)
    return replanning.plan(field.world.module, [booking.pk], answer_by=ANSWER_BY, **said)


def test_one_plan_offered_by_many_at_once_is_offered_once(field: Field, planned: Rebooking) -> None:
    outcomes = at_once([partial(replanning.offer, planned.pk, actor=field.world.staff, at=NOW)] * 4)
    assert sum(isinstance(outcome, InvalidTransition) for outcome in outcomes) == 3
    assert Booking.objects.filter(status="held").count() == 2, "the booking, and the one hold"
    assert Mail.objects.filter(kind="proposed").count() == 1


def test_accepted_and_declined_at_once_one_answer_counts(field: Field, planned: Rebooking) -> None:
    replanning.offer(planned.pk, actor=field.world.staff, at=NOW)
    proposal = Proposal.objects.get()
    said = {"actor": field.world.ours.actor, "proposal_id": proposal.pk, "at": NOW}
    answers = [partial(replanning.accept, **said), partial(replanning.decline, **said)] * 3
    outcomes = at_once(answers)
    assert sum(isinstance(outcome, InvalidTransition) for outcome in outcomes) == 5
    proposal.refresh_from_db()
    moved = Booking.objects.get(pk=proposal.booking_id).starts_at == proposal.starts_at
    assert (proposal.state == "accepted", proposal.state == "declined") == (moved, not moved)
    invariants.check(NOW)


def test_others_who_want_the_window_while_it_is_taken_over_stand_behind(field: Field, planned: Rebooking) -> None:
    replanning.offer(planned.pk, actor=field.world.staff, at=NOW)
    proposal = Proposal.objects.get()
    accept = partial(replanning.accept, actor=field.world.ours.actor, proposal_id=proposal.pk, at=NOW)
    wanting = [partial(field.world.reserve, proposal.span, by=company) for company in field.companies[1:3]]
    outcomes = at_once([accept, *wanting])
    assert not any(isinstance(outcome, Exception) for outcome in outcomes), outcomes
    assert Booking.objects.get(pk=proposal.booking_id).rank == 1
    invariants.check(NOW)
