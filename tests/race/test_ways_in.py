"""Two at the door at the same moment: with one new address for two accounts, with one recovery code, one app's code."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from bookings.accounts import vouch_for_address
from bookings.models import User
from tests.threads import PATIENCE_S, at_once
from tests.world import World, build

PASSWORD = "a long enough password"
WANTED = "wanted@new.example"
CODE_PAGE = "/accounts/second-factors/authenticate/"


@pytest.fixture
def world(transactional_db: None) -> World:
    cache.clear()
    return build()


def met(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Whoever asks `name` first goes on when both have: each was told what the other's doing is about to change."""
    asked, both, waited = getattr(owner, name), threading.Barrier(2), set()

    def and_wait(*args: Any, **kwargs: Any) -> Any:
        answer = asked(*args, **kwargs)
        if threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            both.wait(PATIENCE_S)
        return answer

    monkeypatch.setattr(owner, name, and_wait)


def test_one_of_two_accounts_gets_an_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [world.ours.owner, world.theirs.owner]
    keys = []
    for person in people:
        vouch_for_address(person)
        keys.append(EmailConfirmationHMAC(EmailAddress.objects.create(user=person, email=WANTED)).key)
    met(monkeypatch, EmailAddress, "can_set_verified")
    answers = at_once([partial(Client().post, f"/accounts/confirm-email/{key}/", follow=True) for key in keys])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert {answer.status_code for answer in answers} == {200}
    assert sum("That address belongs to another account." in answer.text for answer in answers) == 1
    assert EmailAddress.objects.filter(email=WANTED, verified=True).count() == 1
    assert User.objects.filter(email=WANTED).count() == 1
    kept = EmailAddress.objects.filter(user__in=people, verified=True, primary=True).exclude(email=WANTED)
    assert [each.email for each in kept] == [each.user.email for each in kept]
    assert kept.count() == 1


def at_the_second_step(user: User) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.headers["Location"] == CODE_PAGE
    return client


def both_say(user: User, code: str) -> list[int]:
    clients = [at_the_second_step(user) for _ in range(2)]
    calls: list[Callable[[], Any]] = [partial(client.post, CODE_PAGE, {"code": code}) for client in clients]
    answers = at_once(calls)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    return sorted(client.get("/").status_code for client in clients)


def test_a_recovery_code_lets_one_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = world.ours.owner
    codes = RecoveryCodes.activate(owner).get_unused_codes()
    totp.TOTP.activate(owner, totp.generate_totp_secret())
    met(monkeypatch, Authenticator, "wrap")
    assert both_say(owner, codes[0]) == [200, 302]
    assert len(RecoveryCodes.activate(owner).get_unused_codes()) == len(codes) - 1


def test_an_apps_code_lets_one_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, secret = world.ours.owner, totp.generate_totp_secret()
    totp.TOTP.activate(owner, secret)
    code = totp.format_hotp_value(totp.hotp_value(secret, int(timezone.now().timestamp()) // 30))
    met(monkeypatch, Authenticator, "wrap")
    assert both_say(owner, code) == [200, 302]
    monkeypatch.undo()
    assert at_the_second_step(owner).post(CODE_PAGE, {"code": code}).status_code == 200, "nor anybody later"
