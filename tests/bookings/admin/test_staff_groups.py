"""What each group of staff may do with bookings, as the migration sets it up. Page by page: `permissions.txt`."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from bookings import lifecycle
from bookings.actors import person
from bookings.exceptions import NotAllowed
from bookings.models import Booking, User
from tests.bookings.admin.conftest import again
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
GROUPS = ("Scheduler", "Finance", "Flight rules", "Support")
S = "S"
INITIAL = dict(zip(GROUPS, "SFRP", strict=True))

DEEDS = ("confirm", "decline", "cancel", "release")


@pytest.fixture(autouse=True)
def groups(db: None) -> None:
    """As the migration leaves them, wherever a test before this one emptied the tables."""
    import_module("bookings.migrations.0009_staff_groups").found_groups(apps)


@pytest.fixture(params=GROUPS)
def member(request: pytest.FixtureRequest, world: World, client: Client) -> tuple[str, User]:
    user = User.objects.create_user("some@see1.example", "a long enough password", is_staff=True)
    user.groups.set([Group.objects.get(name=request.param)])
    client.force_login(user)
    return INITIAL[request.param], user


def address(label: str, page: str, *args: object) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


@pytest.mark.parametrize("deed", DEEDS)
def test_only_schedulers_do_deeds_with_bookings(
    member: tuple[str, User], world: World, client: Client, deed: str
) -> None:
    initial, _ = member
    booking = world.reserve(WINDOW)
    if deed in ("confirm", "decline"):
        booking = lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    before = again(booking).status
    said = {"do_it": "1", f"version_{booking.pk}": booking.version, "concurrence": "Axiom, by loop", "reason": "So."}
    response = client.post(address("bookings.booking", "changelist") + f"{booking.pk}/{deed}_one/", said)
    assert response.status_code == (302 if initial == S else 403)
    assert (again(booking).status != before) == (initial == S)


@pytest.mark.parametrize("deed", DEEDS)
def test_only_schedulers_are_offered_deeds_with_many(
    member: tuple[str, User], world: World, client: Client, deed: str
) -> None:
    initial, _ = member
    booking = world.reserve(WINDOW)
    page = client.get(address("bookings.booking", "changelist"))
    assert (f'value="{deed}_many"' in page.content.decode()) == (initial == S)
    asked = {"action": f"{deed}_many", "_selected_action": str(booking.pk), "do_it": "1", "reason": "So."}
    client.post(address("bookings.booking", "changelist"), asked)
    assert again(booking).status == "held" or initial == S


def test_no_other_door_gives_more_than_the_admin(member: tuple[str, User], world: World) -> None:
    """The API and the pages ask the same right of staff."""
    initial, user = member
    booking = lifecycle.request(actor=world.ours.actor, booking_id=world.reserve(WINDOW).pk, at=NOW)
    actor = person(user, via="api")
    assert Booking.objects.visible_to(actor).filter(pk=booking.pk).exists()
    if initial == S:
        assert lifecycle.confirm(actor=actor, booking_id=booking.pk, at=NOW, concurrence="Axiom").status == "confirmed"
        return
    for act in (lifecycle.confirm, lifecycle.cancel):
        with pytest.raises(NotAllowed):
            act(actor=actor, booking_id=booking.pk, at=NOW)
    assert again(booking).status == "requested"


def test_no_group_lets_anyone_in_or_up() -> None:
    given = Permission.objects.filter(group__name__in=GROUPS)
    grave = {f"{verb}_{model}" for verb in ("add", "change", "delete") for model in ("user", "group", "permission")}
    assert not grave & set(given.values_list("codename", flat=True))
    assert not given.filter(codename__startswith="delete_booking").exists()
