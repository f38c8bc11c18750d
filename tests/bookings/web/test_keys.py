"""The owner's page of API keys: made and shown once, rotated with an overlap, revoked; nobody else's business."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from bookings.keys import MOST_IN_USE, MOST_WITH_ROTATED, hash_key, make_key
from bookings.models import ApiKey, Membership, Role, User
from tests.callers import Caller
from tests.world import NOW, World

PAGE = "/organisation/keys/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(world: World) -> Client:
    return signed_in(world.ours.owner)


def wish(world: World, **changes: str) -> dict[str, str]:
    asked = {"organisation": str(world.ours.organisation.pk), "name": "Scheduler", "may": "read book", "lasts": "365"}
    return asked | changes


def shown(answer) -> str:
    assert answer.status_code == 201
    return re.search(r'value="(see1_[\w-]+)"', answer.text)[1]


def works(key: str) -> bool:
    return Caller(key).get("bookings/").status_code == 200


def test_a_key_is_made_shown_once_and_works(world: World, owner: Client) -> None:
    answer = owner.post(PAGE, wish(world))
    key = shown(answer)
    assert works(key)
    assert "no-store" in answer["Cache-Control"]
    page = owner.get(PAGE).text
    assert key not in page
    assert "Scheduler" in page
    kept = ApiKey.objects.get()
    assert kept.sha256 == hash_key(key)
    assert kept.expires_at == NOW + timedelta(days=365)
    assert "last used" in page


def test_a_reading_key_does_not_book(world: World, owner: Client) -> None:
    reader = Caller(shown(owner.post(PAGE, wish(world, may="read", lasts=""))))
    assert reader.post("productions/", {"title": "A", "activity": "music"}).status_code == 403
    assert ApiKey.objects.get().expires_at is None


def test_rotation_overlaps(world: World, owner: Client, clock) -> None:
    old = shown(owner.post(PAGE, wish(world)))
    new = shown(owner.post(f"{PAGE}{ApiKey.objects.get().pk}/rotate/"))
    assert works(old)
    assert works(new)
    clock.shift(timedelta(hours=24, seconds=1))
    assert not works(old)
    assert works(new)
    assert ApiKey.objects.latest("pk").expires_at == NOW + timedelta(days=365)


def test_a_key_near_its_end_is_not_given_more_time_by_rotating(world: World, owner: Client, clock) -> None:
    shown(owner.post(PAGE, wish(world, lasts="90")))
    clock.shift(timedelta(days=89, hours=12))
    owner.force_login(world.ours.owner)
    shown(owner.post(f"{PAGE}{ApiKey.objects.get().pk}/rotate/"))
    assert ApiKey.objects.earliest("pk").expires_at == NOW + timedelta(days=90)


def test_a_revoked_key_is_refused_at_once(world: World, owner: Client) -> None:
    key = shown(owner.post(PAGE, wish(world)))
    answer = owner.post(f"{PAGE}{ApiKey.objects.get().pk}/revoke/", follow=True)
    assert "is revoked" in answer.text
    assert not works(key)
    assert owner.post(f"{PAGE}{ApiKey.objects.get().pk}/rotate/").status_code == 404


@pytest.mark.parametrize("role", [Role.BOOKER, Role.VIEWER])
def test_only_owners(world: World, role: str) -> None:
    other = User.objects.create_user("other@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=other, role=role)
    client = signed_in(other)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, wish(world)).status_code == 403
    assert "API keys" not in client.get("/").text
    assert not ApiKey.objects.exists()


def test_another_organisation_s_keys_are_not_there(world: World, owner: Client) -> None:
    key, _ = make_key(user=world.theirs.owner, organisation=world.theirs.organisation, name="Theirs", at=NOW)
    assert "Theirs" not in owner.get(PAGE).text
    for verb in ("rotate", "revoke"):
        assert owner.post(f"{PAGE}{key.pk}/{verb}/").status_code == 404
    refused = owner.post(PAGE, wish(world, organisation=str(world.theirs.organisation.pk)))
    assert refused.status_code == 400
    assert ApiKey.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"may": "everything"}, {"lasts": "-1"}, {"name": "x" * 101}, {"name": "a\x07b"}]
)
def test_what_makes_no_sense(world: World, owner: Client, change: dict[str, str]) -> None:
    assert owner.post(PAGE, wish(world, **change)).status_code == 400
    assert not ApiKey.objects.exists()


def test_not_too_many(world: World, owner: Client) -> None:
    for _ in range(MOST_IN_USE):
        make_key(user=world.ours.owner, organisation=world.ours.organisation, name="x", at=NOW)
    answer = owner.post(PAGE, wish(world))
    assert answer.status_code == 400
    assert "revoke one" in answer.text


def test_not_too_many_by_rotating(world: World, owner: Client, clock) -> None:
    for _ in range(MOST_IN_USE):
        make_key(user=world.ours.owner, organisation=world.ours.organisation, name="x", at=NOW)
    keys = list(ApiKey.objects.values_list("pk", flat=True))
    for key in keys:
        shown(owner.post(f"{PAGE}{key}/rotate/"))
    again = owner.post(f"{PAGE}{keys[0]}/rotate/", follow=True)
    assert "revoke one" in again.text
    assert ApiKey.objects.count() == MOST_WITH_ROTATED
    clock.shift(timedelta(hours=24, seconds=1))
    owner.force_login(world.ours.owner)
    shown(owner.post(f"{PAGE}{ApiKey.objects.latest('pk').pk}/rotate/"))
