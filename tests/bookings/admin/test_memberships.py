"""Staff change who belongs to an organisation, and what goes with that goes with it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bookings.invitations import invite
from bookings.keys import make_key
from bookings.models import Membership, Role, User
from tests.bookings.admin.conftest import send
from tests.world import NOW, World


@pytest.fixture
def second(world: World) -> Membership:
    """Another owner of ours, with a key and an open invitation."""
    user = User.objects.create_user("second@aurora.example", "a long enough password")
    return Membership.objects.create(organisation=world.ours.organisation, user=user, role=Role.OWNER)


def of_organisation(world: World) -> str:
    return reverse("admin:bookings_organisation_change", args=[world.ours.organisation.pk])


def form(world: World, *rows: Membership, **said: object) -> dict[str, object]:
    """The organisation's form with its members, in the order of their rows."""
    body: dict[str, object] = {"name": world.ours.organisation.name, "time_zone": "Europe/Rome", "language": "en"}
    for place, row in enumerate(rows):
        known = {"id": row.pk, "organisation": row.organisation_id, "user": row.user_id, "role": row.role}
        body |= {f"memberships-{place}-{name}": value for name, value in known.items()}
    return body | said


@pytest.mark.parametrize("said", [{"memberships-1-DELETE": "on"}, {"memberships-1-role": "booker"}])
def test_who_leaves_or_is_an_owner_no_more_loses_what_goes_with_it(
    world: World, staff: Client, second: Membership, said: dict[str, str]
) -> None:
    organisation, user = world.ours.organisation, second.user
    key, _ = make_key(user=user, organisation=organisation, name="theirs", at=NOW)
    invitation = invite(
        world.ours.actor, organisation_id=organisation.pk, email="new@aurora.example", role=Role.OWNER, at=NOW
    )
    type(invitation).objects.filter(pk=invitation.pk).update(invited_by=user)
    first = Membership.objects.get(user=world.ours.owner)
    response = send(staff, of_organisation(world), form(world, first, second, **said))
    assert response.status_code == 302, response.context["errors"]
    key.refresh_from_db()
    invitation.refresh_from_db()
    leaves = "memberships-1-DELETE" in said
    assert Membership.objects.filter(user=user).exists() is not leaves
    assert (key.revoked_at == NOW) is leaves
    assert invitation.revoked_at == NOW


@pytest.mark.parametrize("said", [{"memberships-0-DELETE": "on"}, {"memberships-0-role": "viewer"}])
def test_the_last_owner_stays(world: World, staff: Client, said: dict[str, str]) -> None:
    first = Membership.objects.get(user=world.ours.owner)
    response = send(staff, of_organisation(world), form(world, first, **said))
    assert response.status_code == 200
    assert "this is its last" in str(response.context["errors"])
    first.refresh_from_db()
    assert first.role == Role.OWNER


def test_an_owner_is_replaced_at_one_go(world: World, staff: Client) -> None:
    first = Membership.objects.get(user=world.ours.owner)
    heir = User.objects.create_user("heir@aurora.example", "a long enough password")
    said = {"memberships-0-DELETE": "on", "memberships-1-user": heir.pk, "memberships-1-role": "owner"}
    address = of_organisation(world)
    response = send(staff, address, form(world, first, **said, **{"memberships-TOTAL_FORMS": 2}))
    assert response.status_code == 302, response.context["errors"]
    assert list(Membership.objects.filter(organisation=world.ours.organisation).values_list("user", "role")) == [
        (heir.pk, "owner")
    ]


def test_from_the_persons_page_it_is_the_same(world: World, staff: Client, second: Membership) -> None:
    key, _ = make_key(user=second.user, organisation=world.ours.organisation, name="theirs", at=NOW)
    address = reverse("admin:bookings_user_change", args=[second.user_id])
    joined = f"{second.user.date_joined:%Y-%m-%d}"
    body = {
        "email": second.user.email, "is_active": "on", "date_joined_0": joined, "date_joined_1": "12:00",
        "memberships-0-id": second.pk, "memberships-0-user": second.user_id,
        "memberships-0-organisation": world.ours.organisation.pk, "memberships-0-role": "owner",
        "memberships-0-DELETE": "on",
    }  # fmt: skip
    response = send(staff, address, body)
    assert response.status_code == 302, response.context["errors"]
    key.refresh_from_db()
    assert key.revoked_at == NOW
    assert not Membership.objects.filter(pk=second.pk).exists()
