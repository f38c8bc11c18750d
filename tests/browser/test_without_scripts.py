"""Scripts off: a search is saved and run again, a window held, moved after a look, read about, and cancelled."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.walk import day, log_in, search_query
from tests.stack import RunningStack


def test_everything_a_producer_does(browser: Browser, watched: None, live_stack: RunningStack) -> None:
    page = browser.new_context(base_url=live_stack.url, java_script_enabled=False).new_page()
    log_in(page)
    page.goto(f"/search/?{search_query('2 hours', 65, 65, zones='arena', crew_awake='on')}")
    page.get_by_text("Save or share this search").click()
    page.get_by_label("Name").fill("The day of the concert")
    page.get_by_role("button", name="Save it").click()
    page.get_by_role("link", name="Run it The day of the concert").click()
    expect(page.locator("#results")).to_contain_text("can be had")
    expect(page.locator(".sky-strip").first).to_be_visible()

    page.get_by_role("link", name=re.compile("^Hold")).first.click()
    page.get_by_role("button", name="Hold this window").click()
    expect(page.get_by_role("status")).to_contain_text("1st in line")
    page.get_by_role("link", name="Request", exact=True).click()
    page.get_by_role("button", name="Request it").click()
    reference = page.locator(".reference").first.inner_text()

    page.get_by_role("link", name="Move or change").click()
    page.get_by_label("Starts").fill(f"{day(66)}T10:00")
    page.get_by_label("Ends").fill(f"{day(66)}T13:00")
    page.get_by_role("button", name="Update the price").click()
    expect(page.locator("#outlook")).to_contain_text("more than now")
    expect(page.locator("#outlook")).to_contain_text("Reminder, 7 days before a window")
    page.get_by_role("button", name="Change the booking").click()
    expect(page.locator(".big-window")).to_contain_text("10:00–13:00")

    page.get_by_role("link", name=re.compile("^Notifications")).click()
    page.get_by_role("button", name=re.compile(f"^Moved: {reference}")).click()
    page.get_by_role("link", name="Call sheet").click()
    expect(page.get_by_role("article")).to_contain_text("Window begins")
    page.go_back()
    page.get_by_role("link", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel it").click()
    expect(page.locator(".page-head")).to_contain_text("Cancelled")
    page.context.close()
