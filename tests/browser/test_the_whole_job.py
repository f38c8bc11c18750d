"""The main job, by all three people who do it, on the real stack: from a free window to its reminder."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import requests
from playwright.sync_api import Browser, Page, expect

from tests.stack import RunningStack

LATER = """
from datetime import datetime
from bookings import delivery
print(delivery.deliver_due(at=datetime.fromisoformat("{at}")))
"""


def log_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill(f"{who}@demo.see1.example")
    page.get_by_label("Password").fill("see1-demo")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", level=1).wait_for()


def confirm(browser: Browser, stack: RunningStack, booking: str) -> None:
    context = browser.new_context(base_url=stack.url)
    page = context.new_page()
    log_in(page, "staff")
    page.goto(f"/admin/bookings/booking/{booking}/change/")
    page.get_by_role("link", name="Confirm").first.click()
    page.get_by_label(re.compile("oncur")).first.fill("Axiom Space mission planning, by mail")
    page.get_by_role("button", name=re.compile("Confirm")).first.click()
    page.wait_for_load_state()
    context.close()


def test_from_a_free_window_to_its_reminder(page: Page, browser: Browser, live_stack: RunningStack) -> None:
    starts_at = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=58)
    log_in(page, "producer")
    day = f"{starts_at.date()}"
    asked = {"activity": "music", "duration": "2 hours", "start": day, "end": day, "zones": "studio"}
    page.goto(f"/search/?{urlencode(asked)}")
    page.get_by_role("link", name=re.compile("^Hold")).first.click()
    expect(page.get_by_role("complementary")).to_contain_text("This time is free.")
    page.get_by_role("button", name="Hold this window").click()
    expect(page.get_by_role("status")).to_contain_text("1st in line")
    booking = page.url.rstrip("/").rsplit("/", 1)[1]
    page.get_by_role("link", name="Request", exact=True).click()
    page.get_by_role("button", name="Request it").click()
    expect(page.locator(".page-head")).to_contain_text("Requested")

    confirm(browser, live_stack, booking)
    page.goto(f"/bookings/{booking}/")
    expect(page.locator(".page-head")).to_contain_text("Confirmed")

    seen = requests.get(
        f"{live_stack.url}/api/v1/bookings/{booking}/",
        headers={"Authorization": "Bearer see1_demo_partner_readonly"},
        timeout=10,
    ).json()
    assert seen["status"] == "confirmed"
    begins = datetime.fromisoformat(seen["starts_at"])

    said = live_stack.manage("shell", "-v", "0", "-c", LATER.format(at=(begins - timedelta(hours=23)).isoformat()))
    assert "sent" in said
    page.goto("/demo/mail/")
    reminders = page.get_by_text(f"Reminder: {seen['reference']}")
    expect(reminders).to_have_count(3)  # 30 days, 7 days and 24 hours before; the last hour has not come
