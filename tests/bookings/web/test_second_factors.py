"""An authenticator app and recovery codes: set up, asked for at each log-in, taken off; guessed at in vain."""

from __future__ import annotations

import base64
import hmac
import re
import struct
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from bookings.models import AuditEntry
from tests.bookings.web.test_accounts import PASSWORD, delivered
from tests.world import NOW, World

HERE = "/accounts/second-factors/"
LOG_IN = {"login": "ours@aurora.example", "password": PASSWORD}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
    cache.clear()


def code(secret: str, at: float) -> str:
    """As RFC 6238 has it, six digits every thirty seconds, so that the test trusts no other's arithmetic."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def now() -> float:
    return NOW.timestamp()


def proven(client: Client, path: str):
    """A page that asks for the password once more, after it was given."""
    asked = client.get(path, follow=True)
    if "Is it you?" in asked.text:
        assert client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}).status_code == 302
        asked = client.get(path)
    assert asked.status_code == 200
    return asked


def with_app(client: Client) -> str:
    page = proven(client, f"{HERE}totp/activate/")
    secret = re.search(r'id="totp-key"\s+value="([A-Z2-7]+)"', page.text)[1]
    assert client.post(f"{HERE}totp/activate/", {"code": code(secret, now())}).status_code == 302
    return secret


@pytest.fixture
def signed_in(world: World) -> Client:
    client = Client()
    assert client.post("/accounts/login/", LOG_IN).status_code == 302
    return client


class TestApp:
    def test_is_asked_for_after_the_password(self, signed_in: Client, clock: time_machine.Traveller) -> None:
        secret = with_app(signed_in)
        clock.shift(timedelta(minutes=5))
        client = Client()
        assert client.post("/accounts/login/", LOG_IN).headers["Location"] == f"{HERE}authenticate/"
        assert client.get("/").status_code == 302
        assert "One more step" in client.get(f"{HERE}authenticate/").text
        assert client.post(f"{HERE}authenticate/", {"code": "000000"}).status_code == 200
        assert client.get("/").status_code == 302
        right = code(secret, now() + 300)
        assert client.post(f"{HERE}authenticate/", {"code": right}).headers["Location"] == "/"
        assert client.get("/").status_code == 200
        other = Client()
        other.post("/accounts/login/", LOG_IN)
        assert other.post(f"{HERE}authenticate/", {"code": right}).status_code == 200, "a code is good once"
        assert other.get("/").status_code == 302

    def test_a_wrong_code_sets_nothing_up(self, signed_in: Client) -> None:
        proven(signed_in, f"{HERE}totp/activate/")
        assert "Incorrect code" in signed_in.post(f"{HERE}totp/activate/", {"code": "000000"}).text
        assert not Authenticator.objects.exists()

    def test_guards_the_admin_too(self, world: World, clock: time_machine.Traveller) -> None:
        staff = {"login": "staff@see1.example", "password": PASSWORD}
        client = Client()
        client.post("/accounts/login/", staff)
        with_app(client)
        clock.shift(timedelta(minutes=5))
        other = Client()
        other.post("/accounts/login/?next=/admin/", staff)
        assert other.get("/admin/").status_code == 302
        other.post("/admin/login/", {"username": staff["login"], "password": PASSWORD})
        assert other.get("/admin/").status_code == 302

    def test_codes_cannot_be_guessed(self, signed_in: Client, settings) -> None:
        with_app(signed_in)
        settings.ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "3/15m/key"}
        client = Client()
        client.post("/accounts/login/", LOG_IN)
        answers = [client.post(f"{HERE}authenticate/", {"code": "000000"}).text for _ in range(5)]
        assert ["Incorrect code" in text for text in answers] == [True] * 3 + [False] * 2
        assert "Too many failed login attempts" in answers[-1]

    def test_is_not_kept_in_the_clear(self, signed_in: Client) -> None:
        secret = with_app(signed_in)
        for kept in Authenticator.objects.all():
            assert secret not in str(kept.data)
        assert not any(secret in f"{entry.before}{entry.after}" for entry in AuditEntry.objects.all())

    def test_outlives_a_change_of_the_secret_key(self, signed_in: Client, settings) -> None:
        secret, old = with_app(signed_in), settings.SECRET_KEY
        codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
        assert Authenticator.objects.get(type="totp").wrap().validate_code(code(secret, now() + 30))
        call_command("rotate_second_factors")
        settings.SECRET_KEY_FALLBACKS = []
        assert Authenticator.objects.get(type="totp").wrap().validate_code(code(secret, now()))
        assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes

    def test_is_taken_off_and_told(self, signed_in: Client, django_capture_on_commit_callbacks: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            with_app(signed_in)
        assert "Take off the authenticator app?" in proven(signed_in, f"{HERE}totp/deactivate/").text
        assert signed_in.post(f"{HERE}totp/deactivate/").status_code == 302
        assert not Authenticator.objects.exists()
        assert Client().post("/accounts/login/", LOG_IN).headers["Location"] == "/"
        told = [letter.body for letter in delivered()]
        assert any("authenticator app was added" in body for body in told)
        assert any("authenticator app was taken off" in body for body in told)

    def test_whoever_only_found_an_open_browser_changes_no_factor(self, signed_in: Client) -> None:
        for path in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
            assert "Is it you?" in signed_in.get(f"{HERE}{path}", follow=True).text, path
        assert signed_in.post(f"{HERE}totp/activate/", {"code": "000000"}).status_code == 302
        assert not Authenticator.objects.exists()


class TestRecoveryCodes:
    def test_each_lets_in_once(self, signed_in: Client) -> None:
        with_app(signed_in)
        page = proven(signed_in, f"{HERE}recovery-codes/")
        codes = re.findall(r"<code>(\d{8})</code>", page.text)
        assert len(codes) == 10
        for tries, status in ((0, 302), (1, 200)):
            client = Client()
            client.post("/accounts/login/", LOG_IN)
            assert client.post(f"{HERE}authenticate/", {"code": codes[0]}).status_code == status, tries
        assert "9 are left" in signed_in.get(HERE).text


def test_staff_take_off_what_somebody_lost(world: World, signed_in: Client, staff: Client) -> None:
    with_app(signed_in)
    app = Authenticator.objects.get(type="totp")
    assert staff.get("/admin/mfa/authenticator/").status_code == 200
    assert staff.get(f"/admin/mfa/authenticator/{app.pk}/change/").status_code == 200
    assert staff.post(f"/admin/mfa/authenticator/{app.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Client().post("/accounts/login/", LOG_IN).headers["Location"] == "/"


@pytest.mark.parametrize(
    "credential", ["", "nonsense", "{}", "[]", "null", '{"id": 1}', '{"id": "x", "rawId": "x", "response": {}}']
)
def test_what_is_no_passkey_lets_nobody_in(world: World, credential: str) -> None:
    client = Client()
    client.get(f"{HERE}webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post(f"{HERE}webauthn/login/", {"credential": credential})
    assert answer.status_code in (200, 302, 400)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "credential",
    [
        "", "nonsense", "{}", "[]", '{"id": 1}', '{"id": "eA", "rawId": "eA", "response": {}, "type": "public-key"}',
        '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"eA","attestationObject":"eA"}}',
    ],
)  # fmt: skip
def test_what_is_no_passkey_is_not_added(signed_in: Client, credential: str) -> None:
    proven(signed_in, f"{HERE}webauthn/add/")
    assert signed_in.post(f"{HERE}webauthn/add/", {"name": "x", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


def test_every_page_of_them_opens(signed_in: Client) -> None:
    with_app(signed_in)
    for path in ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/", "webauthn/add/"):
        page = proven(signed_in, f"{HERE}{path}")
        assert "style=" not in page.text, path
