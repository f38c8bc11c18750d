"""Signing up for a production company, up to the first hold; and what a stranger can't learn or do on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from allauth.core.internal.ratelimit import get_rates
from allauth.mfa import app_settings as mfa_settings
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from bookings import tasks
from bookings.accounts import UNVERIFIED_KEPT
from bookings.models import Booking, Mail, Membership, Organisation, Role, User
from bookings.models.accounts import NO_ADDRESS
from bookings.web.sign_up import time_zones
from see1.settings import accounts
from tests.bookings.web.test_accounts import PASSWORD, delivered, linked, without_tokens
from tests.bookings.web.test_reserving import form as wanted
from tests.world import NOW, World

WISH = {
    "organisation": "Cometa Film",
    "time_zone": "Europe/Rome",
    "first_name": "Ada",
    "last_name": "Neri",
    "email": "ada@cometa.example",
    "password1": "a rather long password",
}


def sign_up(client: Client, **changes: str):
    return client.post("/accounts/signup/", WISH | changes, follow=True)


def test_from_signing_up_to_the_first_hold(world: World) -> None:
    client = Client()
    assert "production company" in client.get("/accounts/signup/").text
    assert "Look into your mail" in sign_up(client).text
    assert client.get("/").status_code == 302, "not in before the address is verified"
    (letter,) = delivered()
    assert letter.to == ["ada@cometa.example"]
    assert "yours?" in client.get(linked(letter)).text
    assert client.post(linked(letter)).headers["Location"] == "/"
    page = client.get("/")
    assert "Cometa Film" in page.text
    assert "Rome" in page.text

    ours = Organisation.objects.get(name="Cometa Film")
    wish = {"organisation": str(ours.pk), "title": "Orbita", "activity": "filming"}
    assert client.post("/productions/new/", wish).status_code == 302
    asked = wanted(world, production=str(ours.productions.get().pk))
    assert "Cometa Film" in client.post("/bookings/new/", asked, follow=True).text
    assert Booking.objects.get().organisation == ours


def test_the_founder_is_the_owner_in_their_language(world: World) -> None:
    client = Client(headers={"Accept-Language": "it"})
    sign_up(client)
    made = Membership.objects.select_related("user", "organisation").get(organisation__name="Cometa Film")
    assert (made.role, made.user.email, made.user.language) == (Role.OWNER, "ada@cometa.example", "it")
    assert (made.organisation.time_zone, made.organisation.language) == ("Europe/Rome", "it")
    assert made.user.get_full_name() == "Ada Neri"


@pytest.mark.parametrize(
    "change",
    [
        {"organisation": ""},
        {"organisation": "a\nb"},
        {"organisation": "You won! https://evil.example/"},
        {"organisation": "WWW.evil.example"},
        {"organisation": "Claim it: evil.example/prize"},
        {"organisation": "EVIL.EXAMPLE"},
        {"last_name": "evil.example"},
        {"first_name": "See http://evil.example"},
        {"time_zone": "Mars/Olympus"},
        {"email": "nonsense"},
        {"email": "somebody@demo.see1.example"},
        {"password1": "short"},
        {"password1": "ada@cometa.example"},
        {"first_name": "x" * 151},
        {"organisation": "x\x00y"},
    ],
)
def test_what_makes_no_sense_founds_nothing(world: World, change: dict[str, str]) -> None:
    before = (User.objects.count(), Organisation.objects.count())
    answer = sign_up(Client(), **change)
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.text
    assert (User.objects.count(), Organisation.objects.count()) == before
    assert not Mail.objects.exists()


@pytest.mark.parametrize("name", ["St.Moritz Film", "Rai S.p.A.", "Dr. No", "A.B.C. Pictures", "Take 2.0", "Ende..."])
def test_a_dot_makes_no_address_of_a_name(name: str) -> None:
    NO_ADDRESS(name)


def test_whoever_has_an_account_is_told_by_mail_and_nobody_else(world: World) -> None:
    new, known = Client(), Client()
    pages = [sign_up(new), sign_up(known, email="Ours@Aurora.example")]
    assert [page.redirect_chain for page in pages] == [[("/accounts/confirm-email/", 302)]] * 2
    assert without_tokens(pages[0].text).replace("ada@cometa.example", "") == without_tokens(pages[1].text).replace(
        "ours@aurora.example", ""
    )
    assert Organisation.objects.filter(name="Cometa Film").count() == 1, "of the new one"
    told = next(letter for letter in delivered() if letter.to == ["ours@aurora.example"])
    assert "account with it already" in told.body
    world.ours.owner.refresh_from_db()
    assert world.ours.owner.check_password(PASSWORD)


def test_one_that_is_not_verified_does_not_come_in_and_is_sent_another_link(world: World) -> None:
    sign_up(Client())
    delivered()
    answer = Client().post("/accounts/login/", {"login": WISH["email"], "password": WISH["password1"]}, follow=True)
    assert "Look into your mail" in answer.text
    assert len([letter for letter in delivered() if letter.to == [WISH["email"]]]) == 2


def test_a_link_to_verify_works_once(world: World) -> None:
    client = Client()
    sign_up(client)
    (letter,) = delivered()
    assert client.post(linked(letter)).status_code == 302
    assert "has been used" in Client().get(linked(letter)).text
    assert Client().post(linked(letter)).status_code == 404
    assert "has been used" in Client().get("/accounts/confirm-email/MTA:1abcde:nonsense/").text


def test_one_is_not_led_off_the_site(world: World) -> None:
    client = Client()
    sign_up(client, next="https://evil.example/")
    (letter,) = delivered()
    assert client.post(linked(letter)).headers["Location"] == "/"


def test_signing_up_again_and_again_is_stopped(world: World, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": "3/h/ip"}
    cache.clear()
    answers = [sign_up(Client(), email=f"ada{n}@cometa.example").status_code for n in range(5)]
    cache.clear()
    assert answers == [200, 200, 200, 429, 429]


def test_asking_for_resets_again_and_again_is_stopped(world: World, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "20/h/ip,2/h/key"}
    cache.clear()
    ask = {"email": "ours@aurora.example"}
    answers = [Client().post("/accounts/password/reset/", ask, follow=True) for _ in range(3)]
    cache.clear()
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "too often" in answers[-1].text


def test_the_limits_that_are_set_can_be_read(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS, settings.MFA_RATE_LIMITS = accounts.ACCOUNT_RATE_LIMITS, accounts.MFA_RATE_LIMITS
    for app, limits in (("allauth.account", account_settings), ("allauth.mfa", mfa_settings)):
        for action in limits.RATE_LIMITS:
            rates = get_rates(app=app, action=action)
            assert rates or action in {"login"}, action


def test_a_sign_up_that_nobody_stands_by_is_forgotten(world: World, time_machine) -> None:
    people, organisations = set(User.objects.values_list("pk", flat=True)), Organisation.objects.count()
    time_machine.move_to(NOW, tick=False)
    sign_up(Client())
    sign_up(Client(), email="other@cometa.example", organisation="Altra Film")
    verified = Client()
    sign_up(verified, email="true@cometa.example", organisation="Vera Film")
    verified.post(linked(next(letter for letter in delivered() if letter.to == ["true@cometa.example"])))
    time_machine.move_to(NOW + UNVERIFIED_KEPT - timedelta(seconds=5), tick=False)
    assert tasks.forget_unverified() == 0
    time_machine.move_to(NOW + UNVERIFIED_KEPT, tick=False)
    assert tasks.forget_unverified() == 2
    left = User.objects.exclude(pk__in=people)
    assert [user.email for user in left] == ["true@cometa.example"]
    assert Organisation.objects.count() == organisations + 1
    assert Organisation.objects.filter(name="Vera Film").exists()
    sign_up(Client())
    assert User.objects.filter(email=WISH["email"]).exists(), "the address is free again"


def test_an_organisation_that_others_work_for_stays_when_its_founder_is_forgotten(world: World, time_machine) -> None:
    time_machine.move_to(NOW, tick=False)
    sign_up(Client())
    cometa = Organisation.objects.get(name="Cometa Film")
    Membership.objects.create(organisation=cometa, user=world.theirs.owner, role=Role.BOOKER)
    time_machine.move_to(NOW + UNVERIFIED_KEPT, tick=False)
    assert tasks.forget_unverified() == 1
    assert [member.user for member in cometa.memberships.all()] == [world.theirs.owner]


def test_where_redis_is_away_nobody_signs_up_uncounted(world: World, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **options: Any) -> None:
        raise RedisAway("no")

    settings.ACCOUNT_RATE_LIMITS = accounts.ACCOUNT_RATE_LIMITS
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.add", away)
    answer = sign_up(Client())
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert not User.objects.filter(email=WISH["email"]).exists()
    assert Client().post("/accounts/login/", {"login": "ours@aurora.example", "password": PASSWORD}).status_code == 302


def test_outside_the_demo_its_people_are_told_that_their_account_is_closed(world: World, settings) -> None:
    User.objects.create_user("producer@demo.see1.example", "see1-demo")
    demo = {"login": "producer@demo.see1.example", "password": "see1-demo"}
    settings.DEMO = True
    assert Client().post("/accounts/login/", demo).headers["Location"] == "/"
    settings.DEMO = False
    client = Client()
    assert "account is closed" in client.post("/accounts/login/", demo, follow=True).text
    assert client.get("/").status_code == 302


def test_each_time_zone_is_offered_by_one_name() -> None:
    names = [name for name, _label in time_zones()]
    assert len(names) == len(set(names))
    assert {"UTC", "Europe/Rome", "Asia/Kolkata"} <= set(names)
    assert not {"Asia/Calcutta", "US/Eastern"} & set(names)
