"""Guessing passwords: so many tries for an account and from an address, shared by all processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as RedisAway

from bookings.models import User
from see1.addresses import client_address
from see1.known_devices import COOKIE
from see1.log_in_limits import EVERYWHERE, WINDOW_S
from tests.world import NOW

LOG_IN = "/accounts/login/"
RIGHT, WRONG = "a long enough password", "wrong"


@pytest.fixture(autouse=True)
def limits(settings: LazySettings, db: None) -> Iterator[time_machine.Traveller]:
    settings.LOG_IN_TRIES_PER_ACCOUNT, settings.LOG_IN_TRIES_PER_ADDRESS = 3, 5
    settings.TRUSTED_PROXIES = 1
    cache.clear()
    User.objects.create_user("staff@see1.example", RIGHT, is_staff=True)
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    cache.clear()


def log_in(
    name: str = "staff@see1.example",
    password: str = WRONG,
    *,
    address: str = "198.51.100.7",
    client: Client | None = None,
) -> Any:
    """By a browser that is new, but where one is given."""
    client, wish = client or Client(), {"login": name, "password": password}
    return client.post(LOG_IN, wish, headers={"X-Forwarded-For": address})


class TestAccount:
    def test_is_closed_to_an_address_after_its_tries(self) -> None:
        assert [log_in().status_code for _ in range(3)] == [200] * 3
        answer = log_in(password=RIGHT)
        assert answer.status_code == 429
        assert answer["Retry-After"] == str(WINDOW_S)
        assert "Too many log-ins failed" in answer.content.decode()
        assert "15 minutes" in answer.content.decode()

    def test_is_open_from_elsewhere_however_long_one_address_guesses(self) -> None:
        assert [log_in().status_code for _ in range(50)][-1] == 429
        assert log_in(password=RIGHT, address="203.0.113.9").status_code == 302

    def guessed_at_from_everywhere(self) -> None:
        for n in range(3 * EVERYWHERE):
            assert log_in(address=f"198.51.100.{n}").status_code == 200

    def test_is_closed_to_strangers_when_it_is_guessed_at_from_everywhere(self) -> None:
        self.guessed_at_from_everywhere()
        assert log_in(password=RIGHT, address="203.0.113.9").status_code == 429

    def test_is_open_to_a_device_it_was_used_in_before_whatever_strangers_do(self) -> None:
        known = Client()
        assert log_in(password=RIGHT, client=known).status_code == 302
        known.post("/accounts/logout/")
        self.guessed_at_from_everywhere()
        assert log_in(password=RIGHT, client=known, address="203.0.113.9").status_code == 302

    def test_a_known_device_has_its_own_tries_and_no_more(self) -> None:
        known = Client()
        log_in(password=RIGHT, client=known)
        known.post("/accounts/logout/")
        assert [log_in(client=known, address=f"203.0.113.{n}").status_code for n in range(4)] == [200, 200, 200, 429]

    def test_a_device_is_known_for_the_account_that_was_used_in_it_alone(self) -> None:
        User.objects.create_user("other@see1.example", RIGHT)
        known = Client()
        log_in("other@see1.example", RIGHT, client=known)
        known.post("/accounts/logout/")
        assert [log_in(client=known).status_code for _ in range(4)] == [200, 200, 200, 429]

    @pytest.mark.parametrize("forged", ["", "nonsense", "eyJkZXZpY2UiOiJ4In0:1abcde:c2lnbmF0dXJl"])
    def test_a_forged_cookie_makes_no_device_known(self, forged: str) -> None:
        for _ in range(3):
            log_in()
        client = Client()
        client.cookies[COOKIE] = forged
        assert log_in(password=RIGHT, client=client).status_code == 429

    def test_the_cookie_can_be_read_by_nobody_and_goes_to_the_log_in_alone(self, settings: LazySettings) -> None:
        settings.SESSION_COOKIE_SECURE = True
        client = Client()
        log_in(password=RIGHT, client=client)
        cookie = client.cookies[COOKIE]
        assert cookie["httponly"] is True
        assert cookie["secure"] is True
        assert (cookie["samesite"], cookie["path"]) == ("Lax", "/accounts/")
        assert "staff" not in cookie.value

    def test_is_open_again_when_the_time_is_over(self, limits: time_machine.Traveller) -> None:
        for _ in range(4):
            log_in()
        limits.shift(WINDOW_S)
        assert log_in(password=RIGHT).status_code == 302

    def test_capitals_and_blanks_make_no_other_account(self) -> None:
        for name in ("staff@see1.example", " Staff@SEE1.example", "STAFF@see1.example "):
            log_in(name)
        assert log_in(password=RIGHT).status_code == 429

    def test_success_clears_it(self) -> None:
        for _ in range(2):
            assert [log_in().status_code for _ in range(2)] == [200, 200]
            assert log_in(password=RIGHT).status_code == 302

    def test_one_that_does_not_exist_is_closed_alike(self) -> None:
        assert [log_in("nobody@see1.example").status_code for _ in range(4)] == [200, 200, 200, 429]


class TestAddress:
    def test_is_closed_after_its_tries_whatever_the_account(self) -> None:
        assert [log_in(f"user-{n}@see1.example").status_code for n in range(5)] == [200] * 5
        assert log_in(password=RIGHT).status_code == 429
        assert log_in(password=RIGHT, address="203.0.113.9").status_code == 302

    def test_log_ins_that_succeed_do_not_count(self) -> None:
        assert [log_in(password=RIGHT).status_code for _ in range(8)] == [302] * 8

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "expected"),
        [
            (0, "198.51.100.7", "192.0.2.1"),  # nobody of ours wrote that
            (1, "198.51.100.7", "198.51.100.7"),
            (1, "10.0.0.1, 198.51.100.7", "198.51.100.7"),  # the first was made up
            (2, "198.51.100.7, 192.0.2.200", "198.51.100.7"),
            (2, "198.51.100.7", "192.0.2.1"),  # came round one of the proxies
            (1, "", "192.0.2.1"),
            (1, "nonsense", ""),
            (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            (1, "::ffff:198.51.100.7", "198.51.100.7"),
        ],
    )
    def test_is_what_our_own_proxies_saw(
        self, settings: LazySettings, rf: RequestFactory, proxies: int, forwarded: str, expected: str
    ) -> None:
        settings.TRUSTED_PROXIES = proxies
        request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
        assert client_address(request) == expected


def test_where_redis_is_away_people_get_in_and_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: Any, **options: Any) -> None:
        raise RedisAway("no")

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.add", away)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.delete", away)
    assert [log_in().status_code for _ in range(6)] == [200] * 6
    assert log_in(password=RIGHT).status_code == 302
    assert "log_ins_not_counted" in caplog.text


def test_no_limit_where_it_is_zero(settings: LazySettings) -> None:
    settings.LOG_IN_TRIES_PER_ACCOUNT = settings.LOG_IN_TRIES_PER_ADDRESS = 0
    assert [log_in().status_code for _ in range(8)] == [200] * 8


class TestSessions:
    def test_end_when_the_password_changes(self) -> None:
        here, elsewhere = Client(), Client()
        for client in (here, elsewhere):
            assert client.post(LOG_IN, {"login": "staff@see1.example", "password": RIGHT}).status_code == 302
            assert client.get("/admin/").status_code == 200
        user = User.objects.get(email="staff@see1.example")
        user.set_password("another long password")
        user.save()
        assert [client.get("/admin/").status_code for client in (here, elsewhere)] == [302, 302]


class TestBodies:
    @pytest.mark.parametrize(("path", "mib", "status"), [("/accounts/login/", 2, 413), ("/admin/login/", 33, 413)])
    def test_too_large_are_refused_before_they_are_read(self, path: str, mib: int, status: int) -> None:
        answer = Client().generic("POST", path, b"", CONTENT_LENGTH=str(mib * 1024 * 1024))
        assert answer.status_code == status
        assert "At most" in answer.content.decode()

    def test_staff_s_files_may_be_larger_than_a_form(self) -> None:
        assert Client().generic("POST", "/admin/login/", b"", CONTENT_LENGTH=str(2 * 1024 * 1024)).status_code != 413
