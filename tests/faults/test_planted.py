"""Faults of security, planted: what holds a promise of `docs/operations/security.md` finds the fault that breaks it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import checks
from django.core.cache import cache
from django.test import Client
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bookings.exchange import tables
from bookings.models import User
from modules.exceptions import ImportRefused
from modules.orbit import element_files, oem
from see1 import log_in_limits
from see1.embedded.discovery import PROJECT_DIR
from see1.middleware import body_limit
from see1.settings import accounts
from tests.bookings import test_exchange_bad_files
from tests.bookings.web.test_accounts import PASSWORD
from tests.modules.orbit import test_element_files, test_oem
from tests.see1.test_production_settings import production, start
from tests.world import World

assert production  # a fixture

DEPLOYED = (
    *("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"),
    *("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
    *("SECURE_REDIRECT_EXEMPT", "SECURE_PROXY_SSL_HEADER"),
)


@pytest.fixture
def deployed(production: pytest.MonkeyPatch, settings: LazySettings) -> LazySettings:
    """What production settings say of security, in this process."""
    found = start()
    for name in DEPLOYED:
        setattr(settings, name, found[name])
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    return settings


@pytest.mark.django_db
class TestTheDeploymentCheck:
    def found(self) -> list[str]:
        """Of the settings: what it says of the database's roles has tests of its own."""
        found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
        return [each.id for each in found if each.id and each.id.startswith("security.")]

    def test_finds_nothing_in_production(self, deployed: LazySettings) -> None:
        assert self.found() == []

    @pytest.mark.parametrize(
        ("setting", "planted", "name"),
        [
            ("DEBUG", True, "security.W018"),
            ("SECRET_KEY", "django-insecure-guess-me", "security.W009"),
            ("ALLOWED_HOSTS", [], "security.W020"),
            ("SESSION_COOKIE_SECURE", False, "security.W012"),
            ("CSRF_COOKIE_SECURE", False, "security.W016"),
            ("SECURE_SSL_REDIRECT", False, "security.W008"),
            ("SECURE_HSTS_SECONDS", 0, "security.W004"),
            ("SECURE_HSTS_INCLUDE_SUBDOMAINS", False, "security.W005"),
            ("SECURE_HSTS_PRELOAD", False, "security.W021"),
            ("SECURE_CONTENT_TYPE_NOSNIFF", False, "security.W006"),
            ("SECURE_REFERRER_POLICY", None, "security.W022"),
            ("X_FRAME_OPTIONS", "SAMEORIGIN", "security.W019"),
        ],
    )
    def test_names_a_setting_that_is_off(self, deployed: LazySettings, setting: str, planted: Any, name: str) -> None:
        setattr(deployed, setting, planted)
        assert name in self.found()


class TestTheLinter:
    @pytest.mark.parametrize(
        ("planted", "rule"),
        [
            ("import subprocess\n\nsubprocess.run('ls ' + input(), shell=True)\n", "S602"),
            ("eval(input())\n", "S307"),
            ("PASSWORD = 'a hard-coded one'\n", "S105"),
            ("import pickle\n\npickle.loads(b'')\n", "S301"),
            ("import requests\n\nrequests.get('https://x.example', verify=False, timeout=1)\n", "S501"),
            ("def found(cursor, name):\n    cursor.execute(f\"SELECT 1 FROM t WHERE name = '{name}'\")\n", "S608"),
            ("from django.utils.safestring import mark_safe\n\nmark_safe(input())\n", "S308"),
            ("import hashlib\n\nhashlib.md5(b'')\n", "S324"),
        ],
    )
    @pytest.mark.parametrize("room", ["see1", "bookings", "modules"])
    def test_finds_a_hole(self, planted: str, rule: str, room: str) -> None:
        command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=json", "-"]
        named = f"--stdin-filename={room}/planted.py"
        done = subprocess.run([*command, named], cwd=PROJECT_DIR, input=planted, capture_output=True, text=True)
        assert done.returncode == 1
        assert rule in {each["code"] for each in json.loads(done.stdout)}


@pytest.mark.django_db
class TestCookiesAndHeaders:
    """Every cookie that logging in leaves, and the headers of a page."""

    def open_cookies(self, world: World) -> dict[str, list[str]]:
        client = Client()
        client.post("/language/", {"language": "fr"}, secure=True)
        client.get("/accounts/login/", secure=True)
        wish = {"login": "ours@aurora.example", "password": PASSWORD}
        assert client.post("/accounts/login/", wish, secure=True).status_code == 302
        assert {"sessionid", "csrftoken", "known_device"} <= set(client.cookies)
        lacking = {
            name: [flag for flag in ("secure", "httponly") if not cookie[flag]]
            + ([] if cookie["samesite"] in {"Lax", "Strict"} else ["samesite"])
            for name, cookie in client.cookies.items()
        }
        return {name: flags for name, flags in lacking.items() if flags}

    def test_none_can_be_read_or_sent_in_the_clear(self, world: World, deployed: LazySettings) -> None:
        assert self.open_cookies(world) == {"csrftoken": ["httponly"]}, "which our own scripts send back"

    @pytest.mark.parametrize(
        ("setting", "planted", "cookie", "flag"),
        [
            ("SESSION_COOKIE_SECURE", False, "sessionid", "secure"),
            ("SESSION_COOKIE_HTTPONLY", False, "sessionid", "httponly"),
            ("SESSION_COOKIE_SAMESITE", None, "sessionid", "samesite"),
            ("CSRF_COOKIE_SECURE", False, "csrftoken", "secure"),
            ("CSRF_COOKIE_SAMESITE", "None", "csrftoken", "samesite"),
        ],
    )
    def test_one_that_lacks_a_flag_is_found(
        self, world: World, deployed: LazySettings, setting: str, planted: Any, cookie: str, flag: str
    ) -> None:
        setattr(deployed, setting, planted)
        assert flag in self.open_cookies(world)[cookie]

    def test_a_page_is_for_tls_alone_for_a_year(self, world: World, deployed: LazySettings) -> None:
        page = Client().get("/accounts/login/", secure=True)
        assert page["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert (page["X-Frame-Options"], page["X-Content-Type-Options"]) == ("DENY", "nosniff")
        assert Client().get("/accounts/login/")["Location"].startswith("https://")
        deployed.SECURE_HSTS_SECONDS = 0
        assert "Strict-Transport-Security" not in Client().get("/accounts/login/", secure=True)


@pytest.mark.django_db
class TestBodies:
    def sent(self) -> int:
        size = str(2 * body_limit.MIB)
        return (
            Client(raise_request_exception=False)
            .generic("POST", "/accounts/login/", b"", CONTENT_LENGTH=size)
            .status_code
        )

    def test_too_large_ones_are_refused_unread(self) -> None:
        assert self.sent() == 413

    def test_without_the_limit_they_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(body_limit, "_limit", lambda request: 1024 * body_limit.MIB)
        assert self.sent() != 413


@pytest.mark.django_db
class TestLockingSomebodyOut:
    """A stranger guesses from many addresses, then the owner comes, by the browser that they always use."""

    def owner_comes(self, world: World, settings: LazySettings) -> int:
        settings.LOG_IN_TRIES_PER_ACCOUNT, settings.TRUSTED_PROXIES = 1, 1
        cache.clear()
        owner, right = Client(), {"login": "ours@aurora.example", "password": PASSWORD}
        assert owner.post("/accounts/login/", right).status_code == 302
        owner.post("/accounts/logout/")
        for n in range(log_in_limits.EVERYWHERE + 1):
            guess = right | {"password": "a wrong guess"}
            Client().post("/accounts/login/", guess, headers={"X-Forwarded-For": f"198.51.100.{n}"})
        status = owner.post("/accounts/login/", right).status_code
        cache.clear()
        return status

    def test_they_come_in(self, world: World, settings: LazySettings) -> None:
        assert self.owner_comes(world, settings) == 302

    def test_without_knowing_their_device_they_are_locked_out(
        self, world: World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log_in_limits, "device_of", lambda request, account: "")
        assert self.owner_comes(world, settings) == 429


@pytest.mark.django_db
class TestAPasswordThatChanges:
    """On the page, by a reset and by staff; elsewhere a browser is logged in, and remembered."""

    NEW = "another long password"

    def on_the_page(self, world: World) -> None:
        here = Client()
        here.post("/accounts/login/", {"login": "ours@aurora.example", "password": PASSWORD})
        new = {"oldpassword": PASSWORD, "password1": self.NEW, "password2": self.NEW}
        assert here.post("/accounts/password/change/", new).status_code == 302
        assert here.get("/").status_code == 200

    def by_staff(self, world: World) -> None:
        User.objects.filter(pk=world.staff_user.pk).update(is_superuser=True)
        staff = Client()
        staff.force_login(User.objects.get(pk=world.staff_user.pk))
        path = f"/admin/bookings/user/{world.ours.owner.pk}/password/"
        new = {"password1": self.NEW, "password2": self.NEW, "usable_password": "true"}
        assert staff.post(path, new).status_code == 302

    def seen_elsewhere(self, world: World, change: str) -> set[int]:
        elsewhere = Client()
        wish = {"login": "ours@aurora.example", "password": PASSWORD, "remember": "on"}
        assert elsewhere.post("/accounts/login/", wish).status_code == 302
        getattr(self, change)(world)
        world.ours.owner.refresh_from_db()
        assert world.ours.owner.check_password(self.NEW)
        return {elsewhere.get("/").status_code, elsewhere.get("/api/v1/bookings/").status_code}

    @pytest.mark.parametrize("change", ["on_the_page", "by_staff"])
    def test_ends_every_other_session(self, world: World, change: str) -> None:
        assert self.seen_elsewhere(world, change) == {302, 401}

    @pytest.mark.parametrize("change", ["on_the_page", "by_staff"])
    def test_without_the_hash_of_the_password_they_live_on(
        self, world: World, monkeypatch: pytest.MonkeyPatch, change: str
    ) -> None:
        monkeypatch.setattr(User, "get_session_auth_hash", lambda user: "the same for ever")
        assert self.seen_elsewhere(world, change) == {200}


class TestTheFuzz:
    """Each parser with one of its guards off: what it raises then is no refusal, and the fuzz of its tests finds it."""

    def found_by(self, fuzz: Any, *strategies: Any, **named: Any) -> type[BaseException]:
        looking = settings(max_examples=300, deadline=None, database=None, phases=[Phase.generate], derandomize=True)
        with pytest.raises(Exception) as found:  # noqa: PT011 - which, each test says
            looking(given(*strategies, **named)(fuzz.hypothesis.inner_test))()
        error = found.value
        return type(error.exceptions[0] if isinstance(error, ExceptionGroup) else error)

    def test_finds_elements_that_are_no_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(element_files, "text_of", lambda data, *_: data.decode())
        assert (
            self.found_by(test_element_files.test_damage_never_escapes_as_another_error, st.data())
            is UnicodeDecodeError
        )

    def test_finds_an_ephemeris_that_is_malformed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        malformed = oem.MalformedError
        monkeypatch.setattr(oem, "MalformedError", type("Another", (Exception,), {}))
        assert self.found_by(test_oem.test_damage_never_escapes_as_another_error, st.data()) in {
            malformed,
            oem.MalformedError,
        }

    def test_finds_a_table_that_cannot_be_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "_READERS", tables._READERS | {"json": lambda content: iter(json.loads(content))})
        fuzz = test_exchange_bad_files.test_any_bytes_are_rows_of_text_or_refused
        found = self.found_by(fuzz, file=test_exchange_bad_files.FILES)
        assert not issubclass(found, ImportRefused)


def test_the_limits_of_sign_ups_and_resets_are_on() -> None:
    assert accounts.ACCOUNT_RATE_LIMITS
    assert {"signup", "reset_password", "found_organisation"} <= set(accounts.ACCOUNT_RATE_LIMITS)
