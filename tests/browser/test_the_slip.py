"""The undocking slips, in the browser: previewed, applied, other windows offered, one accepted, and all taken back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import Looks
from tests.browser.walk import MADE, log_in
from tests.stack import RunningStack

LOOKS = Looks()


def offer_other_windows(page: Page) -> None:
    """From the revision's page: plan for all that need another window, then hold and offer."""
    page.get_by_role("link", name="Find them other windows").click()
    LOOKS.at(page)
    page.get_by_label("Why; the producers are told").fill("The undocking comes early.")
    answer_by = datetime.now(UTC) + timedelta(hours=12)
    page.get_by_label("They answer by, GMT").fill(f"{answer_by:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name=re.compile("^Plan for the first")).click()
    expect(page.locator(".page-head")).to_contain_text("nothing is held, nobody is told")
    LOOKS.at(page)
    page.get_by_role("button", name=re.compile("^Hold and offer")).click()
    expect(page.get_by_role("status")).to_contain_text("held and offered")
    LOOKS.at(page)


def accept_the_first(producer: Page) -> None:
    producer.goto("/proposals/")
    LOOKS.at(producer)
    producer.locator("a.card-title").first.click()
    expect(producer.get_by_role("heading", level=1)).to_have_text("Another window is kept for you")
    LOOKS.at(producer)
    offered = producer.locator(".big-window time").first.get_attribute("datetime")
    producer.get_by_role("button", name="Accept this window").click()
    expect(producer.get_by_role("status")).to_contain_text("is moved to the window that was kept for it")
    assert producer.locator(".big-window time").first.get_attribute("datetime") == offered


def test_a_slip_from_preview_to_taking_it_back(page: Page, browser: Browser, live_stack: RunningStack) -> None:
    undocking = datetime.now(UTC) + timedelta(days=4)
    log_in(page, "staff")
    page.goto("/staff/revisions/")
    LOOKS.at(page)
    page.get_by_role("link", name="Revise a phase").click()
    page.get_by_role("link", name=re.compile("docked", re.IGNORECASE)).first.click()
    page.locator("input[name=ends_at_0]").fill(f"{undocking:%Y-%m-%d}")
    page.locator("input[name=ends_at_1]").fill("00:00:00")
    page.locator("textarea[name=reason]").fill("The undocking comes early.")
    page.get_by_role("button", name=re.compile("Preview what it does")).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("A phase revised")
    expect(page.locator(".page-head")).to_contain_text("nothing is changed yet")
    expect(page.get_by_role("region", name="What changes")).to_contain_text("Mission phase: docked")
    flagged = page.get_by_text("Flagged for attention", exact=True)
    expect(flagged.first).to_be_visible()
    LOOKS.at(page)
    page.get_by_role("button", name="Apply it").click()
    expect(page.get_by_role("status")).to_contain_text("is applied.")

    producer = browser.new_context(base_url=live_stack.url).new_page()
    log_in(producer, "producer")
    producer.goto("/bookings/")
    expect(producer.locator(".needs-look").first).to_be_visible()
    assert producer.goto(page.url.replace(live_stack.url, "")).status == 404
    revision = page.url
    offer_other_windows(page)
    accept_the_first(producer)
    producer.context.close()
    page.goto(revision)

    page.get_by_label("Why it is to be taken back").fill("The date was misread.")
    page.get_by_role("button", name="Preview taking it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("An earlier revision taken back")
    LOOKS.at(page)
    page.get_by_role("button", name="Apply it").click()
    expect(page.get_by_role("status")).to_contain_text("is applied.")
    page.get_by_role("complementary").get_by_role("link", name=re.compile("^Revision")).click()
    expect(page.locator(".page-head")).to_contain_text("Taken back")
    assert LOOKS.routes >= MADE[Path(__file__).stem]
