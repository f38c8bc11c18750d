"""No page is forgotten: each that has a name is looked at by axe in the browser tests, or it is said why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, resolve

from bookings.web.urls import urlpatterns
from tests.browser.walk import MADE, NOT_LOOKED_AT, OF_STAFF, OPEN, OWN, pages

SOME_ID = "00000000-0000-4000-8000-000000000000"


def names(patterns: Any) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.name)
        else:
            yield from names(pattern.url_patterns)


def walked() -> set[str | None]:
    own = (address.format(booking=SOME_ID, production=SOME_ID) for address in OWN.values())
    addresses = [*pages().values(), *own, *OPEN.values(), *OF_STAFF.values()]
    return {resolve(address.partition("?")[0]).url_name for address in addresses}.union(*MADE.values())


def test_every_named_page_is_looked_at_or_it_is_said_why_not() -> None:
    assert set(names(urlpatterns)) - walked() - set(NOT_LOOKED_AT) == set()


def test_what_is_not_looked_at_is_there_and_is_not_looked_at() -> None:
    assert set(NOT_LOOKED_AT) <= set(names(urlpatterns))
    assert set(NOT_LOOKED_AT) & walked() == set()
