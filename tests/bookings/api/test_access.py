"""Who is let in, and how far: keys, their scopes, their throttle, and the browser's session."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from bookings.api.throttles import Rate
from bookings.keys import hash_key, make_key, register
from bookings.models import ApiKey, Booking, Membership, Production, Role
from tests.callers import Caller, Callers, problem
from tests.world import NOW, World, span

READS = ["modules/", "modules/see-1/zones/", "places/", "productions/", "bookings/"]


@pytest.mark.parametrize("address", READS)
def test_nobody_anonymous(api: Callers, address: str) -> None:
    response = api.anonymous.get(address)
    problem(response, 401, "not_authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer nothing", "bearer see1_ü", "Bearer " + "x" * 5000, "Bearer a b"],
)
def test_a_key_that_is_none(api: Callers, header: str) -> None:
    response = api.anonymous.get("bookings/", authorization=header)
    problem(response, 401, "authentication_failed")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Basic dTpw", "Token x", "see1_naked"])
def test_another_scheme_is_no_authentication(api: Callers, header: str) -> None:
    problem(api.anonymous.get("bookings/", authorization=header), 401, "not_authenticated")


@pytest.mark.parametrize(
    "spoiled",
    [
        {"revoked_at": NOW},
        {"expires_at": NOW + timedelta(seconds=1)},
        {"user__is_active": False},
    ],
)
def test_a_key_that_was_one(world: World, clock: time_machine.Traveller, spoiled: dict[str, Any]) -> None:
    key, plaintext = make_key(user=world.ours.owner, organisation=world.ours.organisation, name="old", at=NOW)
    if "user__is_active" in spoiled:
        type(key.user).objects.filter(pk=key.user_id).update(is_active=False)
    else:
        ApiKey.objects.filter(pk=key.pk).update(**spoiled)
        clock.shift(timedelta(seconds=1))
    problem(Caller(plaintext).get("places/"), 401, "authentication_failed")


def test_a_key_is_kept_as_its_hash_alone(world: World) -> None:
    key, plaintext = make_key(user=world.ours.owner, organisation=world.ours.organisation, name="new", at=NOW)
    assert plaintext.startswith("see1_")
    assert len(plaintext) > 40
    assert key.sha256 == hash_key(plaintext)
    assert plaintext not in str(ApiKey.objects.filter(pk=key.pk).values().get())


def test_a_published_key_is_registered_once(world: World) -> None:
    for name in ("first", "second"):
        register("see1_demo_producer", user=world.ours.owner, organisation=world.ours.organisation, name=name, at=NOW)
    assert ApiKey.objects.get().name == "second"
    assert Caller("see1_demo_producer").get("places/").status_code == 200


def test_last_use_is_noted_once_a_minute(world: World, clock: time_machine.Traveller) -> None:
    key, plaintext = make_key(user=world.ours.owner, organisation=world.ours.organisation, name="k", at=NOW)
    caller, seen = Caller(plaintext), []
    for seconds in (0, 59, 1):
        clock.shift(timedelta(seconds=seconds))
        caller.get("places/")
        seen.append(ApiKey.objects.get(pk=key.pk).last_used_at)
    assert seen == [NOW, NOW, NOW + timedelta(minutes=1)]


def test_a_reading_key_writes_nothing(api: Callers, world: World, body: dict[str, Any]) -> None:
    booking = world.reserve(span("03-10 10:00"))
    assert api.readonly.get(f"bookings/{booking.pk}/").status_code == 200
    refused = [api.readonly.post(address, body) for address in ("bookings/", "quotes/", "productions/")]
    refused.append(api.readonly.patch(f"bookings/{booking.pk}/", {"crew": 1}, if_match="*"))
    refused += [
        api.readonly.post(f"bookings/{booking.pk}/{action}/", if_match="*")
        for action in ("request", "confirm", "decline", "cancel", "release", "challenge")
    ]
    for response in refused:
        problem(response, 403, "insufficient_scope")
    assert Booking.objects.get().version == 1


def test_a_key_without_scopes_reads_nothing(world: World) -> None:
    _, plaintext = make_key(
        user=world.ours.owner, organisation=world.ours.organisation, name="k", at=NOW, scopes=["unknown"]
    )
    problem(Caller(plaintext).get("places/"), 403, "insufficient_scope")


def test_the_browsers_session_writes_with_its_token_only(world: World, body: dict[str, Any]) -> None:
    caller = Caller(enforce_csrf_checks=True)
    caller.client.force_login(world.ours.owner)
    assert caller.get("bookings/").status_code == 200
    problem(caller.post("bookings/", body), 403, "csrf_failed")
    caller.client.cookies["csrftoken"] = "t" * 32
    made = caller.post("bookings/", body, x_csrftoken="t" * 32)
    assert made.status_code == 201
    lines = caller.get(f"bookings/{made.json()['id']}/history/").json()["results"]
    assert (lines[0]["actor"], lines[0]["via"]) == (world.ours.owner.email, "api")


def test_productions_are_ones_own(api: Callers, world: World) -> None:
    made = api.ours.post("productions/", {"title": "Night shift", "activity": "music", "confidential": True})
    assert made.status_code == 201
    said = made.json()
    assert (said["title"], said["activity"], said["confidential"]) == ("Night shift", "music", True)
    assert said["organisation"] == str(world.ours.organisation.pk)
    assert api.ours.get(made.headers["Location"]).json() == said
    titles = {row["title"] for row in api.ours.get("productions/").json()["results"]}
    assert titles == {"Aurora Pictures's film", "Night shift"}
    assert len(api.theirs.get("productions/").json()["results"]) == 1
    assert len(api.staff.get("productions/").json()["results"]) == 3


def test_whoever_books_for_several_says_for_which(api: Callers, world: World) -> None:
    asked = {"title": "Both", "activity": "music"}
    problem(api.staff.post("productions/", asked), 400, "invalid")
    theirs = str(world.theirs.organisation.pk)
    assert api.staff.post("productions/", {**asked, "organisation": theirs}).status_code == 201
    problem(api.ours.post("productions/", {**asked, "organisation": theirs}), 404, "not_found")
    unknown = "00000000-0000-4000-8000-000000000000"
    problem(api.ours.post("productions/", {**asked, "organisation": unknown}), 404, "not_found")
    problem(api.staff.post("productions/", {**asked, "organisation": unknown}), 404, "not_found")
    Membership.objects.create(organisation=world.theirs.organisation, user=world.ours.owner, role=Role.BOOKER)
    caller = Caller()
    caller.client.force_login(world.ours.owner)
    assert caller.post("productions/", asked).json()["errors"][0]["field"] == "organisation"
    assert caller.post("productions/", {**asked, "organisation": theirs}).status_code == 201
    assert Production.objects.filter(title="Both").count() == 2


@pytest.fixture
def throttled(settings: Any) -> Any:
    cache.clear()
    settings.API_THROTTLE = "3/minute"
    return settings


def test_a_key_is_throttled_and_told_for_how_long(
    throttled: Any, api: Callers, world: World, clock: time_machine.Traveller
) -> None:
    answers = [api.ours.get("places/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"key";q=3;w=60'
    response = api.ours.get("places/")
    problem(response, 429, "throttled")
    assert response["RateLimit"].startswith('"key";r=0;t=')
    wait = int(response.headers["Retry-After"])
    assert 0 < wait <= 120
    assert api.theirs.get("places/").status_code == 200, "each key has its own count"
    clock.shift(timedelta(seconds=wait))
    assert api.ours.get("places/").status_code == 200
    problem(api.ours.get("places/"), 429, "throttled")


@pytest.mark.parametrize(
    ("text", "limit", "period_s"),
    [
        ("1200/minute", 1200, 60),
        ("1200", 1200, 60),
        ("5/m", 5, 60),
        ("5 / min", 5, 60),
        ("2/hour", 2, 3600),
        ("9/s", 9, 1),
    ],
)
def test_a_rate_reads_as_the_framework_reads_it(text: str, limit: int, period_s: int) -> None:
    assert Rate.read(text) == Rate(limit, period_s)


def test_the_turn_of_a_minute_doubles_nothing(throttled: Any, api: Callers, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(seconds=59))
    assert [api.ours.get("places/").status_code for _ in range(3)] == [200] * 3
    clock.shift(timedelta(seconds=2))
    problem(api.ours.get("places/"), 429, "throttled")


def test_without_redis_nobody_is_throttled(throttled: Any, api: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    throttled.CACHES = {
        "default": {**throttled.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    assert [api.ours.get("places/").status_code for _ in range(5)] == [200] * 5


@pytest.mark.parametrize("text", ["many", "0/minute", "5/fortnight", "5/", "-1/minute", "1.5/minute", "/minute"])
def test_a_throttle_that_is_none_stops_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        Rate.read(text)
