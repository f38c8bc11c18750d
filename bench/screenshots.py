"""`python -m bench.screenshots`: the main pages as pictures in `var/screenshots/`: wide, dark and on a phone.

They are taken from a demo of their own, so they show what a first start shows.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM_NAMES, FLAGS
from tests.stack import RunningStack

TARGET = Path(__file__).resolve().parents[1] / "var" / "screenshots"
PASSWORD = "see1-demo"  # noqa: S105 - the demo's, printed at every start of it
LOOKS = {
    "wide-light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "wide-dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


def pages() -> dict[str, str]:
    """Name → address, as a producer walks them."""
    start = (datetime.now(UTC) + timedelta(days=12)).date()
    end = start + timedelta(days=3)
    return {
        "home": "/",
        "calendar-month": "/calendar/?view=month",
        "calendar-week": "/calendar/?view=week",
        "calendar-day": "/calendar/?view=day",
        "search": f"/search/?activity=music&duration=2+hours&start={start}&end={end}",
        "bookings": "/bookings/",
        "productions": "/productions/",
        "timeline": "/timeline/",
        "news": "/notifications/",
        "account": "/accounts/",
        "mail": "/demo/mail/",
    }


def of_staff() -> dict[str, str]:
    return {
        "admin": "/admin/",
        "revisions": "/staff/revisions/",
        "utilisation": "/staff/utilisation/",
        "admin-bookings": "/admin/bookings/booking/",
    }


def log_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").or_(page.get_by_label("Email")).first.fill(email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_load_state()


def shoot(browser: Browser, url: str, look: str) -> None:
    context = browser.new_context(base_url=url, locale="en-GB", timezone_id="Europe/Rome", **LOOKS[look])  # type: ignore[arg-type]  # keyword arguments of several types
    page = context.new_page()
    log_in(page, "producer@demo.see1.example")
    for name, address in pages().items():
        answer = page.goto(address)
        if answer is not None and answer.ok:
            save(page, f"{name}-{look}")
    page.goto("/bookings/")
    page.locator("main a[href^='/bookings/']").first.click()
    save(page, f"booking-{look}")
    context.clear_cookies()
    log_in(page, "staff@demo.see1.example")
    for name, address in of_staff().items():
        answer = page.goto(address)
        if answer is not None and answer.ok:
            save(page, f"{name}-{look}")
    context.close()


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=TARGET / f"{name}.png", full_page=True)
    print(TARGET / f"{name}.png")


def main() -> int:
    chromium = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if chromium is None:
        print("The pictures need Chromium: apt-get install -y chromium")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        stack = RunningStack(Path(directory) / "var", DEMO="1").wait_until_greeting()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                for look in LOOKS:
                    shoot(browser, stack.url, look)
                browser.close()
        finally:
            stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
