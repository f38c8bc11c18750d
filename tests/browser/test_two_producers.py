"""Two producers want one window at the same moment, each in a browser: one has it, the other the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.walk import booking_query, log_in
from tests.stack import RunningStack

_PRESS = "value => document.querySelector(`button[value=${value}]`).click()"
_ANSWERED = "() => location.pathname !== '/bookings/new/' || document.querySelector('a.offer, [role=alert]')"


@pytest.fixture
def producers(browser: Browser, watched: None, live_stack: RunningStack) -> list[Page]:
    pages = [browser.new_context(base_url=live_stack.url).new_page() for _ in range(2)]
    for page, who in zip(pages, ("producer", "rival"), strict=True):
        log_in(page, who)
    return pages


def press_at_once(pages: list[Page], intent: str) -> None:
    """Each page has the form before it; nobody's answer is waited for before the other presses too."""
    for page in pages:
        expect(page.locator("#outlook")).to_contain_text("This time is free.")
    for page in pages:
        page.evaluate(_PRESS, intent)
    for page in pages:
        page.wait_for_function(_ANSWERED)


@pytest.mark.parametrize("ahead", [61, 62, 63])
def test_one_wins_and_the_other_is_told_and_offered_the_next(producers: list[Page], ahead: int) -> None:
    for page in producers:
        page.goto(f"/bookings/new/?{booking_query(ahead)}&intent=request")
    press_at_once(producers, "request")
    won = [page for page in producers if "/bookings/new/" not in page.url]
    (lost,) = [page for page in producers if page not in won]
    assert len(won) == 1
    expect(won[0].get_by_role("status")).to_contain_text("Requested")
    expect(lost.get_by_role("alert")).to_be_visible()
    lost.locator("a.offer").first.click()
    expect(lost.locator("#outlook")).to_contain_text("This time is free.")
    lost.get_by_role("button", name="Request it outright").click()
    expect(lost.get_by_role("status")).to_contain_text("Requested")
    for page in producers:
        page.context.close()


def test_of_two_holds_one_stands_first(producers: list[Page]) -> None:
    for page in producers:
        page.goto(f"/bookings/new/?{booking_query(64)}")
    press_at_once(producers, "hold")
    places = [page.get_by_role("status").inner_text() for page in producers]
    assert sorted(place.split(", ")[1] for place in places) == ["1st in line.", "2nd in line."]
    for page in producers:
        page.context.close()
