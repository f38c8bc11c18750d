"""What another site can make a browser send: no form is taken without its token, and nobody is led away.

The addresses are those of the URL configuration, so a page that is new is tried too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.bookings.web.test_accounts import PASSWORD
from tests.world import World

SOME_ID = "00000000-0000-4000-8000-000000000000"
WORDS = {"int": "1", "uuid": SOME_ID, "slug": "word", "str": "word", "path": "1"}

REGULAR = {
    "(?P<app_label>": "bookings/",
    "confirm-email/(?P": "confirm-email/x/",
    "(?P<uidb36>": "password/reset/key/1-x/",
}
"""What fits a regular expression, of which each has a part like this."""


def pages(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Every address that is not the API's, with some word in the place of each parameter."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + _spelt(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from pages(pattern.url_patterns, path)
        elif pattern.name and not path.startswith("api/"):
            yield f"/{path}"


def _spelt(pattern: Any) -> str:
    regular = next((word for part, word in REGULAR.items() if part in str(pattern)), None)
    if regular is not None:
        return regular
    route = str(pattern)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        route = route.replace(f"<{kind}:{name}>", WORDS[kind]).replace(f"<{name}>", WORDS["str"])
    return route


def test_no_form_is_taken_without_its_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "render", lambda *_args, **_kwargs: "")
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.staff_user)
    found = {address: client.post(address, {"post": "yes"}).status_code for address in sorted(set(pages()))}
    assert len(found) > 150
    assert not {address: status for address, status in found.items() if status != 403}


AWAY = (
    "https://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example/", "\\\\evil.example",
    "http:evil.example", "javascript:alert(1)", "/\t/evil.example/", " https://evil.example/", "https://testserver@evil.example/",
)  # fmt: skip


@pytest.mark.parametrize("away", AWAY)
def test_nobody_is_led_away(world: World, away: str) -> None:
    log_in = {"login": "ours@aurora.example", "password": PASSWORD}
    for address, said in (
        ("/accounts/login/", log_in),
        ("/accounts/reauthenticate/", {"password": PASSWORD}),
        ("/language/", {"language": "fr"}),
        ("/productions/new/", {"title": "Night", "activity": "music"}),
        ("/accounts/logout/", {}),
        ("/accounts/signup/", {}),
    ):
        client = Client()
        if said is not log_in:
            client.force_login(world.ours.owner)
        for answer in (
            client.post(address, {**said, "next": away}, headers={"Referer": away}),
            client.get(address, {"next": away}),
        ):
            led_to = answer.headers.get("Location", "")
            assert "evil" not in led_to.partition("?")[0], (address, led_to)
            assert not led_to.startswith(("//", "/\\", "javascript:")), (address, led_to)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b", ""])
def test_another_host_s_name_is_not_ours(world: World, settings: LazySettings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    for address in ("/accounts/login/", "/accounts/password/reset/", "/api/v1/places/", "/admin/login/"):
        answer = client.get(address, headers={"host": host, "X-Forwarded-Host": "evil.example"})
        assert answer.status_code in {200, 302, 400, 401}
        assert "evil" not in answer.text + answer.headers.get("Location", ""), address
