"""Organisations and their people over REST, in person; keys look at the facts and manage nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine

from bookings.models import Invitation, Membership, Role, User
from tests.callers import Caller, Callers, problem
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(world: World) -> Caller:
    return in_person(world.ours.owner)


@pytest.fixture
def base(world: World) -> str:
    return f"organisations/{world.ours.organisation.pk}/"


def in_person(user: User) -> Caller:
    caller = Caller()
    caller.client.force_login(user)
    return caller


def delete(caller: Caller, address: str) -> Any:
    return caller.send("DELETE", address, b"")


def member(world: World, role: str = Role.BOOKER) -> User:
    user = User.objects.create_user("colleague@aurora.example", "a long enough password", first_name="Nina")
    Membership.objects.create(organisation=world.ours.organisation, user=user, role=role)
    return user


def test_one_s_own_are_listed_with_one_s_role(world: World, owner: Caller) -> None:
    (shown,) = owner.get("organisations/").json()["results"]
    organisation = world.ours.organisation
    assert shown == {
        "id": str(organisation.pk),
        "name": "Aurora Pictures",
        "time_zone": "Europe/Rome",
        "language": "en",
        "role": "owner",
    }
    assert len(Callers.of(world).staff.get("organisations/").json()["results"]) == 2


def test_owners_change_the_facts(world: World, owner: Caller, base: str) -> None:
    assert owner.patch(base, {"time_zone": "Europe/Paris"}).json()["time_zone"] == "Europe/Paris"
    assert owner.patch(base, {"name": "Aurora Films", "language": "fr"}).json()["name"] == "Aurora Films"
    wrong = problem(owner.patch(base, {"time_zone": "Mars/Olympus"}), 400, "invalid")
    assert wrong["errors"][0]["code"] == "unknown_time_zone"
    assert problem(owner.patch(base, {"role": "owner"}), 400, "read_only_field")
    problem(in_person(member(world)).patch(base, {"name": "Mine"}), 403, "permission_denied")


def test_roles_are_changed_and_members_removed(world: World, owner: Caller, base: str) -> None:
    person = member(world)
    shown = owner.get(f"{base}members/").json()["results"]
    assert {one["email"]: one["role"] for one in shown} == {
        "ours@aurora.example": "owner",
        "colleague@aurora.example": "booker",
    }
    assert owner.patch(f"{base}members/{person.pk}/", {"role": "viewer"}).json()["role"] == "viewer"
    problem(in_person(person).patch(f"{base}members/{person.pk}/", {"role": "owner"}), 403, "permission_denied")
    assert delete(owner, f"{base}members/{person.pk}/").status_code == 204
    problem(delete(owner, f"{base}members/{person.pk}/"), 404, "not_found")
    problem(owner.patch(f"{base}members/{10**30}/", {"role": "viewer"}), 404, "not_found")


def test_the_last_owner_stays(world: World, owner: Caller, base: str) -> None:
    me = world.ours.owner.pk
    problem(owner.patch(f"{base}members/{me}/", {"role": "viewer"}), 409, "last_owner")
    problem(delete(owner, f"{base}members/{me}/"), 409, "last_owner")
    assert Membership.objects.get(user=me).role == Role.OWNER


def test_invitations_are_sent_once_and_taken_back(world: World, owner: Caller, base: str) -> None:
    wish = {"email": "New@Aurora.example", "role": "booker"}
    made = owner.post(f"{base}invitations/", wish, idempotency_key="one")
    again = owner.post(f"{base}invitations/", wish, idempotency_key="one")
    assert (made.status_code, made.json()) == (201, again.json())
    assert made.json()["email"] == "new@aurora.example"
    assert Invitation.objects.count() == 1
    assert owner.get(f"{base}invitations/").json()["results"] == [made.json()]
    assert delete(owner, f"{base}invitations/{made.json()['id']}/").status_code == 204
    assert owner.get(f"{base}invitations/").json()["results"] == []
    refused = problem(owner.post(f"{base}invitations/", wish | {"email": "nonsense"}), 400, "invalid")
    assert refused["errors"][0] == {"field": "email", "code": "not_an_address", "detail": "That is no mail address."}


def test_a_key_manages_nobody(world: World, base: str) -> None:
    key = Callers.of(world).ours
    assert key.get(base).status_code == 200
    for answer in (key.get(f"{base}members/"), key.get(f"{base}invitations/"), key.patch(base, {"name": "X"})):
        problem(answer, 403, "permission_denied")
    wish = json.dumps({"email": "x@y.example", "role": "owner"}).encode()
    problem(key.send("POST", f"{base}invitations/", wish), 403, "permission_denied")
    assert not Invitation.objects.exists()


def test_another_organisation_is_not_there(world: World, base: str) -> None:
    stranger = in_person(world.theirs.owner)
    for address in (base, f"{base}members/", f"{base}invitations/"):
        problem(stranger.get(address), 404, "not_found")
    problem(stranger.patch(f"{base}members/{world.ours.owner.pk}/", {"role": "viewer"}), 404, "not_found")
    problem(delete(stranger, f"{base}members/{world.ours.owner.pk}/"), 404, "not_found")
