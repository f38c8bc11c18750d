"""A real Chromium against a real stack, one of each for all tests here.

Not for the session: the loop that playwright leaves running while it lives would have Django refuse the database to
whatever the same worker tests next.

Every test gets a context of its own, so no cookie outlives it, and fails on what its pages wrote to the
console as an error; a test that provokes one reads it from `console_errors` and clears the list.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.stack import RunningStack

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
_CONSOLE_LAG_MS = 50
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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, live_stack: RunningStack) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_stack.url, locale="en-GB", timezone_id="Europe/London")
    yield context
    context.close()


@pytest.fixture
def console_errors() -> list[str]:
    return []


@pytest.fixture
def page(context: BrowserContext, console_errors: list[str]) -> Iterator[Page]:
    def keep(message: ConsoleMessage) -> None:
        if message.type == "error":
            console_errors.append(f"{message.text} ({message.location.get('url')})")

    page = context.new_page()
    page.on("console", keep)
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    yield page
    if not page.is_closed():
        page.wait_for_timeout(_CONSOLE_LAG_MS)
    assert console_errors == []
