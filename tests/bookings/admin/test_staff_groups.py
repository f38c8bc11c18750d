"""What each group of staff may do, page by page and deed by deed, as the migration sets it up."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib import admin
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
S, F, R, P = "SFRP"
INITIAL = dict(zip(GROUPS, "SFRP", strict=True))

LOOKS = {
    "auth.group": "", "bookings.user": "P", "bookings.organisation": "SFRP", "bookings.production": "SFRP",
    "bookings.booking": "SFRP", "bookings.ratecard": "SFP", "bookings.mail": "SP", "bookings.webhookendpoint": "P",
    "bookings.webhookdelivery": "P", "bookings.apikey": "P", "modules.module": "SFRP", "modules.zone": "SFRP",
    "modules.place": "SRP", "modules.phase": "SFRP", "modules.flightrules": "SRP", "modules.closure": "SRP",
    "modules.closuremargin": "SRP", "modules.ephemerisfile": "SRP", "modules.trajectoryevent": "SRP",
    "modules.orbitelements": "SRP", "modules.downlinkprovider": "SRP", "modules.elementfeed": "SRP",
    "bookings.auditentry": "SFRP",
}  # fmt: skip
"""Who opens the list of what, by the groups' initials (Support is P, flight rules is R)."""
ADDS = {
    "bookings.booking": "S", "bookings.organisation": "P", "bookings.production": "P", "bookings.ratecard": "F",
    "modules.closure": "S", "modules.phase": "S", "modules.closuremargin": "R", "modules.ephemerisfile": "S",
    "modules.orbitelements": "S", "modules.downlinkprovider": "R",
}  # fmt: skip
CHANGES = {
    "bookings.booking": "S", "bookings.organisation": "P", "bookings.production": "P", "bookings.ratecard": "F",
    "modules.closure": "S", "modules.phase": "S", "modules.flightrules": "R", "modules.closuremargin": "R",
    "modules.downlinkprovider": "R", "modules.trajectoryevent": "S", "modules.orbitelements": "S",
}  # fmt: skip
DELETES = {"modules.closuremargin": "R"}
DEEDS = ("confirm", "decline", "cancel", "release")


def ours() -> dict[str, admin.ModelAdmin]:
    """Our own pages, and Django's groups; by label."""
    kept = {"bookings", "modules", "auth"}
    return {m._meta.label_lower: page for m, page in admin.site._registry.items() if m._meta.app_label in kept}


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


def test_the_tables_name_every_page_of_the_admin() -> None:
    assert set(ours()) == set(LOOKS)


def test_each_list_and_each_form_to_add_opens_for_whom_it_should(member: tuple[str, User], client: Client) -> None:
    initial, _ = member
    for label, page in ours().items():
        listed = client.get(address(label, "changelist")).status_code
        assert listed == (200 if initial in LOOKS[label] else 403), f"list of {label}"
        if f"{label.replace('.', '_')}_add" in {url.name for url in page.get_urls() if getattr(url, "name", None)}:
            added = client.get(address(label, "add")).status_code
            assert added == (200 if initial in ADDS.get(label, "") else 403), f"add {label}"


def test_each_page_of_a_thing_opens_and_is_changed_and_deleted_by_whom_it_should(
    member: tuple[str, User], world: World, client: Client
) -> None:
    initial, _ = member
    world.reserve(WINDOW)
    seen = 0
    for label, page in ours().items():
        thing = page.model._default_manager.first()
        if thing is None or label == "bookings.apikey":
            continue
        seen += 1
        at = address(label, "change", thing.pk)
        opened = client.get(at)
        assert opened.status_code == (200 if initial in LOOKS[label] else 403), f"page of {label}"
        if initial in LOOKS[label]:
            assert opened.context["has_change_permission"] == (initial in CHANGES.get(label, "")), label
        if initial not in CHANGES.get(label, ""):
            assert client.post(at, {}).status_code == 403, f"change {label}"
        if initial not in DELETES.get(label, ""):
            assert client.post(address(label, "delete", thing.pk), {"post": "yes"}).status_code == 403, label
    assert seen > 8


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
