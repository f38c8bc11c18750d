"""The whole job in the browser, from signing up to a cancellation that costs, by mouse and again by keyboard alone.

Three people live it: a producer who founds a company, one of another company who stands behind her hold and
challenges it, and staff, who confirm in the admin.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.hands import Hand, Keyboard, Mouse
from tests.stack import RunningStack

PASSWORD = "a rather long password"
DEMO_PASSWORD = "see1-demo"
LATER = """
from datetime import datetime
from bookings import delivery
print(delivery.deliver_due(at=datetime.fromisoformat("{at}")))
"""


@dataclass
class Story:
    """What the people of one story know of it; no two stories want the same days."""

    name: str
    ahead: int
    reference: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.name}@polaris.example"

    @property
    def title(self) -> str:
        return f"The {self.name} session"

    def day(self, *, later: int = 0) -> datetime:
        today = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
        return today + timedelta(days=self.ahead + later)


STORIES: list[tuple[type[Hand], int]] = [(Mouse, 67), (Keyboard, 70)]
NEARER = -16  # days: near enough that giving up what is confirmed costs a quarter


@pytest.fixture(params=STORIES, ids=lambda each: each[0].__name__.lower())
def story(request: pytest.FixtureRequest) -> tuple[type[Hand], Story]:
    hand, ahead = request.param
    return hand, Story(f"{hand.__name__.lower()}-{secrets.token_hex(3)}", ahead)


@pytest.fixture
def somebody(
    browser: Browser, watched: None, live_stack: RunningStack, story: tuple[type[Hand], Story]
) -> Iterator[Callable[[], Hand]]:
    """Each person has a browser of their own, at its first page."""
    contexts: list[BrowserContext] = []

    def arrives() -> Hand:
        contexts.append(browser.new_context(base_url=live_stack.url, locale="en-GB", timezone_id="Europe/Rome"))
        hand = story[0](contexts[-1].new_page())
        hand.come_to("/")
        return hand

    yield arrives
    for context in contexts:
        context.close()


def read_letter(hand: Hand, subject: str, *, to: str) -> None:
    """The demo's mail is read in the browser, the newest on top; it comes when the worker has sent it."""
    hand.press("The demo’s mail")
    letter = hand.page.get_by_role("row", name=re.compile(subject)).filter(has_text=to)
    while not letter.count():
        hand.page.wait_for_timeout(250)
        hand.press("The demo’s mail")
    hand.press(subject)


def sign_up(hand: Hand, story: Story) -> None:
    hand.press("Sign up for a production company")
    hand.write("Production company", f"Polaris {story.name}")
    hand.choose("Its time zone", "Europe/London")
    hand.write("First name", "Ines")
    hand.write("Last name", "Moreau")
    hand.write("Mail address", story.address)
    hand.write("Password", PASSWORD)
    hand.press("Sign up")
    expect(hand.page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    read_letter(hand, "Verify your mail address", to=story.address)
    expect(hand.page.locator("main")).to_contain_text(story.address)
    hand.press(".*confirm-email.*")
    hand.press("Yes, it is mine")
    expect(hand.page.get_by_role("banner")).to_contain_text(f"Polaris {story.name}")


def describe_production(hand: Hand, story: Story) -> None:
    hand.press("Productions")
    hand.press("Add a production")
    hand.write("Title", story.title)
    hand.choose("Activity", "Music")
    hand.press("Add it")
    expect(hand.page.get_by_role("status")).to_contain_text("is added")


def search_and_hold(hand: Hand, story: Story) -> None:
    page = hand.page
    hand.press("Find a window")
    hand.choose("Activity", "Music")
    hand.write("For how long", "2 hours")
    hand.write_day("From", story.day())
    hand.write_day("To, included", story.day(later=1))
    hand.tick("Arena")
    hand.press("Find windows", leads_on=False)
    expect(page).to_have_url(re.compile(rf"activity=music.*end={story.day(later=1).date()}.*zones=arena"))
    expect(page.locator("#results")).to_contain_text("can be had")
    hand.press("Hold Arena .*")
    expect(page.locator("#outlook")).to_contain_text("This time is free.")
    hand.choose("Production", story.title)
    hand.press("Hold this window")
    expect(page.get_by_role("status")).to_contain_text("1st in line")
    story.reference = page.locator(".reference").first.inner_text()
    story.seen["starts"] = page.locator(".big-window time").first.get_attribute("datetime") or ""


def log_in(hand: Hand, who: str) -> None:
    hand.write("Mail address", f"{who}@demo.see1.example")
    hand.write("Password", DEMO_PASSWORD)
    hand.press("Log in")
    expect(hand.page.get_by_role("button", name="Log out")).to_be_visible()


def stand_behind_and_challenge(hand: Hand, story: Story) -> None:
    """Another producer, who finds in the calendar that the time is somebody's, but not whose."""
    page = hand.page
    log_in(hand, "rival")
    hand.press("Calendar")
    hand.press("Day")
    hand.write_day("Jump to", datetime.fromisoformat(story.seen["starts"]))
    hand.press("Show")
    hand.press("Hold behind it Arena.*")
    expect(page.locator("body")).not_to_contain_text(story.reference)
    hand.choose("Activity", "Music")
    hand.press("Hold this window")
    expect(page.get_by_role("status")).to_contain_text("2nd in line")
    hand.press("Challenge")
    hand.press("Challenge them")
    expect(page.get_by_role("status")).to_contain_text("Challenged.")


def request_before_it_is_too_late(hand: Hand, story: Story) -> None:
    page = hand.page
    hand.press("Today")
    expect(page.locator(".urgent")).to_contain_text(story.reference)
    hand.press("Notifications.*")
    hand.press(f"Challenged: {story.reference}.*")
    expect(page.locator("main")).to_contain_text("A hold behind this one has challenged")
    hand.press("Request")
    hand.press("Request it")
    expect(page.locator(".page-head")).to_contain_text("Requested")


def confirm_in_the_admin(hand: Hand, story: Story) -> None:
    page = hand.page
    if "/admin/" not in page.url:
        hand.press("Admin")
    hand.press("event_available Bookings")
    hand.write("Reference, organisation or production", story.reference)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"q={story.reference}"))
    hand.press(story.reference)
    hand.press(".*Confirm")
    hand.write("Concurrence.*", "Axiom Space mission planning, by mail")
    hand.press("Confirm")
    expect(page.locator("body")).to_contain_text(f"{story.reference} is confirmed.")


def open_booking(hand: Hand, story: Story, *, as_it_is: str) -> None:
    hand.press("Today")
    hand.press(story.title)
    expect(hand.page.locator(".page-head")).to_contain_text(as_it_is)


def move_nearer(hand: Hand, story: Story, stack: RunningStack) -> datetime:
    """To other time, after a look at what that does."""
    page = hand.page
    starts_at = free_start(stack, story.day(later=NEARER))
    hand.press("Move or change")
    hand.write_instant("Starts", starts_at)
    hand.write_instant("Ends", starts_at + timedelta(hours=2))
    hand.leave_field()
    expect(page.locator("#outlook")).to_contain_text("It would be requested again")
    expect(page.locator("#outlook")).to_contain_text("24 hours before a window")
    hand.press("Change the booking")
    expect(page.locator(".page-head")).to_contain_text("Requested")
    assert page.locator(".big-window time").first.get_attribute("datetime") == f"{starts_at:%Y-%m-%dT%H:%M:%SZ}"
    return starts_at


def free_start(stack: RunningStack, day: datetime) -> datetime:
    """When the arena is next free for two hours from `day` on."""
    span = {"from": f"{day:%Y-%m-%dT%H:%M:%SZ}", "to": f"{day + timedelta(days=4):%Y-%m-%dT%H:%M:%SZ}"}
    asked = {"activity": "music", "zone": "arena", "duration": "PT2H", "step": "30", **span}
    headers = {"Authorization": "Bearer see1_demo_partner_readonly"}
    answer = requests.get(f"{stack.url}/api/v1/modules/see-1/windows/", params=asked, headers=headers, timeout=30)
    return datetime.fromisoformat(answer.json()["results"][0]["starts_at"])


def be_reminded(hand: Hand, story: Story, stack: RunningStack, starts_at: datetime) -> None:
    """What is due by the day before goes out by the real delivery, to which alone the clock is moved."""
    at = (starts_at - timedelta(hours=23)).isoformat()
    assert "sent" in stack.manage("shell", "-v", "0", "-c", LATER.format(at=at))
    read_letter(hand, f"Reminder: {story.reference}.*", to=story.address)
    expect(hand.page.locator("main")).to_contain_text(story.address)


def cancel_for_what_it_costs(hand: Hand, story: Story) -> None:
    page = hand.page
    hand.press("Bookings")
    hand.press(story.title)
    hand.press("Cancel")
    said = page.locator("main").get_by_text(re.compile("Cancelling now costs"))
    fee = said.locator("strong").inner_text()
    assert re.fullmatch(r"USD [1-9][\d,]+\.\d\d", fee)
    hand.write("Why, if you want to say", "The tour is put off.")
    hand.press("Cancel it")
    expect(page.locator(".page-head")).to_contain_text("Cancelled")
    expect(page.locator(".history")).to_contain_text(fee)


def test_the_whole_job(somebody: Callable[[], Hand], story: tuple[type[Hand], Story], live_stack: RunningStack) -> None:
    told = story[1]
    producer, rival, staff = somebody(), somebody(), somebody()
    sign_up(producer, told)
    describe_production(producer, told)
    search_and_hold(producer, told)
    stand_behind_and_challenge(rival, told)
    request_before_it_is_too_late(producer, told)
    log_in(staff, "staff")
    confirm_in_the_admin(staff, told)
    open_booking(producer, told, as_it_is="Confirmed")
    starts_at = move_nearer(producer, told, live_stack)
    confirm_in_the_admin(staff, told)
    open_booking(producer, told, as_it_is="Confirmed")
    be_reminded(producer, told, live_stack, starts_at)
    cancel_for_what_it_costs(producer, told)
