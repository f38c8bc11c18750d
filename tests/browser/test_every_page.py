"""Every page in both colour schemes, on a phone, a tablet and a wide screen: for everybody, nothing cut off."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.walk import SCHEMES, WIDTHS, log_in, own_pages, pages
from tests.stack import RunningStack

AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALLEST_TARGET_PX = 24


@pytest.fixture(params=[(scheme, width) for scheme in SCHEMES for width in WIDTHS], ids=lambda p: f"{p[0]}-{p[1]}")
def screen(request: pytest.FixtureRequest, browser: Browser, live_stack: RunningStack) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(
        base_url=live_stack.url, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    yield page
    context.close()


def test_every_page_is_for_everybody(screen: Page) -> None:
    errors: list[str] = []
    screen.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    screen.goto("/accounts/login/")
    found = problems(screen)
    log_in(screen)
    for name, address in (pages() | own_pages(screen)).items():
        screen.goto(address)
        found += [f"{name}: {problem}" for problem in problems(screen)]
    expected = "the server responded with a status of 400"
    assert found == []
    assert [error for error in errors if expected not in error] == []


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
