"""A real Chromium against a real stack, one of each for all tests here.

Not for the session: the loop that playwright leaves running while it lives would have Django refuse the database to
whatever the same worker tests next.

Every test gets a context of its own, so no cookie outlives it, and fails on what any of its pages wrote to the
console as an error; a test that provokes one reads it from `console_errors` and clears the list.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from tests.stack import RunningStack

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
_CONSOLE_LAG_MS = 50
_PATIENCE_MS = 30_000
"""How long to wait for what comes late on a page: a busy machine fails no test."""
_SLOW_LINE_MS = int(os.environ.get("SLOW_LINE_MS", "0"))
"""A line as slow as that brings each script long after its page: what was clicked too early does nothing then."""
HERE = Path(__file__).parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One xdist worker has them all, for they share one stack."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    pytest.fail("The browser tests need Chromium: apt-get install -y chromium", pytrace=False)


@pytest.fixture(scope="package")
def live_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    stack = RunningStack(tmp_path_factory.mktemp("live") / "var", DEMO="1")
    try:
        yield stack.wait_until_greeting()
    finally:
        stack.stop()


@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def console_errors() -> list[str]:
    return []


@pytest.fixture(autouse=True)
def watched(browser: Browser, console_errors: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every page of every context that the test opens: an error in its console, of the policy too, fails the test.

    That a page which somebody went to was refused (404, 409) is no error of the page.
    """
    refused: set[str] = set()
    make = browser.new_context

    def keep(message: ConsoleMessage) -> None:
        url = str(message.location.get("url"))
        if message.type == "error" and not _of_a_newer_look(message.text):
            console_errors.append(f"{message.text} ({url})")

    def note(response: Response) -> None:
        if 400 <= response.status < 500 and response.request.is_navigation_request():
            refused.add(response.url)

    def new_context(**options: Any) -> BrowserContext:
        context = make(**options)
        context.on("console", keep)
        context.on("weberror", lambda error: console_errors.append(str(error.error)))
        context.on("response", note)
        if _SLOW_LINE_MS:
            context.on("page", _slow_down)
        return context

    monkeypatch.setattr(browser, "new_context", new_context)
    yield
    ours = [error for error in console_errors if not _of_a_refusal(error, refused)]
    assert ours == []


def _slow_down(page: Page) -> None:
    line = {"offline": False, "latency": _SLOW_LINE_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


def _of_a_newer_look(text: str) -> bool:
    """htmx logs that it gave up a request for a newer one; what fails otherwise it logs by other names too."""
    return text.startswith(("htmx:sendAbort", "htmx:afterRequest"))


def _of_a_refusal(error: str, refused: set[str]) -> bool:
    return "the server responded with a status of 4" in error and any(f"({url})" in error for url in refused)


@pytest.fixture
def context(browser: Browser, watched: None, live_stack: RunningStack) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_stack.url, locale="en-GB", timezone_id="Europe/London")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    if not page.is_closed():
        page.wait_for_timeout(_CONSOLE_LAG_MS)


@pytest.fixture
def producer(page: Page) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill("producer@demo.see1.example")
    page.locator("[name=password]").fill("see1-demo")
    page.locator("main button.primary[type=submit]").click()
    page.wait_for_url(lambda address: "login" not in address)
    return page
