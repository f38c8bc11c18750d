"""Two owners remove each other at the same moment: one of them stays."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from bookings import members
from bookings.actors import person
from bookings.exceptions import NotAllowed
from bookings.models import Membership, Organisation, Role, User
from tests.threads import PATIENCE_S, at_once
from tests.world import NOW, World, build


@pytest.fixture
def world(transactional_db: None, time_machine: Any) -> World:
    time_machine.move_to(NOW, tick=False)
    return build()


def remove_each_other(world: World) -> tuple[list[Any], list[str]]:
    """What comes of both, and who is an owner afterwards."""
    organisation = world.ours.organisation
    other = User.objects.create_user("other@aurora.example", "a long enough password")
    Membership.objects.create(organisation=organisation, user=other, role=Role.OWNER)
    pairs = ((world.ours.owner, other), (other, world.ours.owner))
    calls = [
        partial(
            members.remove_member,
            person(one, via="page"),
            organisation_id=organisation.pk,
            user_id=whom.pk,
            at=NOW,
        )
        for one, whom in pairs
    ]
    outcomes = at_once(calls)
    owners = organisation.memberships.filter(role=Role.OWNER)
    return outcomes, list(owners.values_list("user__email", flat=True))


def test_without_the_lock_nobody_is_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, both_asked = members._keep_an_owner, threading.Barrier(2)

    def and_wait(organisation: Organisation, but: Membership) -> None:
        asked(organisation, but)
        both_asked.wait(PATIENCE_S)

    monkeypatch.setattr(members, "_keep_an_owner", and_wait)
    monkeypatch.setattr(members, "owned", lambda actor, pk: Organisation.objects.get(pk=pk))
    assert remove_each_other(world) == ([None, None], [])


def test_with_it_one_stays(world: World) -> None:
    outcomes, owners = remove_each_other(world)
    assert len(owners) == 1
    assert {type(outcome) for outcome in outcomes} == {type(None), NotAllowed}
