"""The whole job without a mouse: from a search to a cancellation, challenged, moved and reminded in between."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.keyboard import follow, reach, write
from tests.browser.walk import PASSWORD
from tests.stack import RunningStack

LATER = """
from datetime import datetime
from bookings import delivery
print(delivery.deliver_due(at=datetime.fromisoformat("{at}")))
"""


def log_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    write(page, "Mail address", f"{who}@demo.see1.example")
    write(page, "Password", PASSWORD)
    follow(page, "Log in")


def write_instant(page: Page, name: str, instant: datetime) -> None:
    """Into a field for date and time, part by part, in whichever order the browser has the day and the month."""
    reach(page, name)
    wanted = f"{instant:%Y-%m-%dT%H:%M}"
    field = page.locator(":focus")
    for day in (f"{instant:%m%d}", f"{instant:%d%m}"):
        for _ in range(6):
            page.keyboard.press("ArrowLeft")
        page.keyboard.type(f"{day}{instant:%Y}")
        page.keyboard.press("ArrowRight")
        page.keyboard.type(f"{instant:%I%M%p}" if day == f"{instant:%m%d}" else f"{instant:%H%M}")
        if field.input_value() == wanted:
            return
    raise AssertionError(f"{name} is {field.input_value()!r}, not {wanted!r}")


def search_and_hold(page: Page) -> None:
    follow(page, "Find a window")
    reach(page, "Activity")
    page.keyboard.type("Mus")
    reach(page, "Arena")
    page.keyboard.press("Space")
    reach(page, "Find windows")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("activity=music.*zones=arena"))
    expect(page.locator("#results")).to_contain_text("can be had")
    follow(page, "Hold .*")
    expect(page.locator("#outlook")).to_contain_text("This time is free.")
    follow(page, "Hold this window")
    expect(page.get_by_role("status")).to_contain_text("1st in line")


def challenge(browser: Browser, stack: RunningStack, held: dict[str, str]) -> None:
    """The rival holds behind it, and challenges."""
    page = browser.new_context(base_url=stack.url).new_page()
    log_in(page, "rival")
    window = {"zones": "arena", "activity": "music", "starts_at": held["starts_at"], "ends_at": held["ends_at"]}
    page.goto(f"/bookings/new/?{urlencode(window)}")
    follow(page, "Hold this window")
    expect(page.get_by_role("status")).to_contain_text("2nd in line")
    follow(page, "Challenge")
    follow(page, "Challenge them")
    expect(page.get_by_role("status")).to_contain_text("Challenged.")
    page.context.close()


class Staff:
    """Staff's system, by key."""

    def __init__(self, stack: RunningStack, booking: str) -> None:
        self.address = f"{stack.url}/api/v1/bookings/{booking}/"
        self.headers = {"Authorization": "Bearer see1_demo_staff"}

    def read(self) -> dict[str, str]:
        found: dict[str, str] = requests.get(self.address, headers=self.headers, timeout=10).json()
        return found

    def confirm(self) -> None:
        headers = self.headers | {"If-Match": self.read()["etag"]}
        answer = requests.post(f"{self.address}confirm/", json={"concurrence": "Axiom"}, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text


def test_the_whole_job(page: Page, browser: Browser, live_stack: RunningStack) -> None:
    log_in(page, "producer")
    search_and_hold(page)
    address = page.url
    staff = Staff(live_stack, address.rstrip("/").rsplit("/", 1)[1])
    challenge(browser, live_stack, staff.read())

    page.goto("/")
    expect(page.locator(".urgent")).to_contain_text(staff.read()["reference"])
    follow(page, "Notifications.*")
    follow(page, f"Challenged: {staff.read()['reference']}.*")
    expect(page.locator("main")).to_contain_text("A hold behind this one has challenged")
    follow(page, "Request")
    follow(page, "Request it")
    expect(page.locator(".page-head")).to_contain_text("Requested")

    staff.confirm()
    page.goto(address)
    expect(page.locator(".page-head")).to_contain_text("Confirmed")

    starts_at = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=75)
    follow(page, "Move or change")
    write_instant(page, "Starts", starts_at)
    write_instant(page, "Ends", starts_at + timedelta(hours=2))
    page.keyboard.press("Tab")
    expect(page.locator("#outlook")).to_contain_text("It would be requested again")
    expect(page.locator("#outlook")).to_contain_text("24 hours before a window")
    follow(page, "Change the booking")
    expect(page.locator(".page-head")).to_contain_text("Requested")
    assert datetime.fromisoformat(staff.read()["starts_at"]) == starts_at

    day_before = starts_at - timedelta(hours=23)
    assert "sent" in live_stack.manage("shell", "-v", "0", "-c", LATER.format(at=day_before.isoformat()))
    page.goto("/demo/mail/")
    expect(page.get_by_text(f"Reminder: {staff.read()['reference']}").first).to_be_visible()

    page.goto(address)
    follow(page, "Cancel")
    expect(page.locator("main")).to_contain_text("Cancelling now costs nothing.")
    follow(page, "Cancel it")
    expect(page.locator(".page-head")).to_contain_text("Cancelled")
