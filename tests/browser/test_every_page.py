"""Every page in both colour schemes, on a phone, a tablet and a wide screen: for everybody, nothing cut off."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.walk import OF_STAFF, OPEN, SCHEMES, WIDTHS, log_in, own_pages, pages
from tests.stack import RunningStack

AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALLEST_TARGET_PX = 24


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


def problems(page: Page) -> list[str]:
    """What axe finds, what is wider than the screen, and targets too small to hit."""
    answer = Axe().run(page, options=AXE_OPTIONS).response
    assert len(answer["passes"]) > 10, "axe looked at the page"
    found = [f"{v['id']}: {node['html'][:160]}" for v in answer["violations"] for node in v["nodes"]]
    if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found + [f"too small: {target}" for target in page.evaluate(_SMALL_TARGETS, SMALLEST_TARGET_PX)]


# A link within a sentence may be as tall as its line (WCAG 2.5.8, inline).
_SMALL_TARGETS = """smallest => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter(e => e.type !== "hidden" && !e.closest(".skip") && e.checkVisibility())
  .filter(e => getComputedStyle(e).display !== "inline")
  .map(e => [e, e.labels?.length ? e.labels[0].getBoundingClientRect() : null, e.getBoundingClientRect()])
  .filter(([e, label, box]) => Math.max(box.height, label?.height ?? 0) < smallest)
  .map(([e]) => e.outerHTML.slice(0, 120))"""
