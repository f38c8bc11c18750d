"""The timeline's page in a browser: shown, at rest, where its focus and its span are."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

STOP = "[role=grid] [tabindex='0']"
SPAN = "from=2027-03-01T00:00:00Z&to=2027-03-08T00:00:00Z"


def show(page: Page, query: str = "span=week") -> None:
    page.goto(f"/timeline/?{query}")
    drawn(page)


def drawn(page: Page) -> None:
    page.wait_for_function("() => performance.getEntriesByName('timeline-painted').length > 0")
    rest(page)


def focused(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        """() => ({
            row: document.activeElement.closest("[data-row]")?.dataset.row,
            role: document.activeElement.getAttribute("role"),
            says: document.activeElement.getAttribute("aria-label"),
        })"""
    )
    return found


def shown(page: Page) -> tuple[str, str]:
    query = parse_qs(urlsplit(page.url).query)
    return query["from"][0], query["to"][0]


def rest(page: Page) -> None:
    """Until the movement is over and the address says where it ended."""
    page.wait_for_function("() => globalThis.timeline?.isAtRest")
