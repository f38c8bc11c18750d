"""Every page in both colour schemes, on a phone, a tablet and a wide screen: for everybody, nothing cut off."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.looking import problems
from tests.browser.walk import OF_STAFF, OPEN, SCHEMES, WIDTHS, log_in, own_pages, pages
from tests.stack import RunningStack


@pytest.fixture(params=[(scheme, width) for scheme in SCHEMES for width in WIDTHS], ids=lambda p: f"{p[0]}-{p[1]}")
def new_screen(
    request: pytest.FixtureRequest, browser: Browser, watched: None, live_stack: RunningStack
) -> Iterator[Callable[[], Page]]:
    scheme, width = request.param
    contexts: list[BrowserContext] = []

    def opened() -> Page:
        context = browser.new_context(
            base_url=live_stack.url, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def test_every_page_is_for_everybody(new_screen: Callable[[], Page]) -> None:
    nobody, producer, staff = new_screen(), new_screen(), new_screen()
    log_in(producer)
    log_in(staff, "staff")
    found = walked(nobody, OPEN) + walked(producer, pages() | own_pages(producer)) + walked(staff, OF_STAFF)
    assert found == []


def walked(page: Page, addresses: dict[str, str]) -> list[str]:
    found = []
    for name, address in addresses.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status < 500, name
        found += [f"{name}: {problem}" for problem in problems(page)]
    return found
