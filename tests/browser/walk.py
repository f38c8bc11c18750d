"""The pages of the demo as a producer comes to them, for the tests that look at every one and for the pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from playwright.sync_api import Page

PASSWORD = "see1-demo"
WIDTHS = (320, 768, 1440)
SCHEMES = ("light", "dark")


def log_in(page: Page, who: str = "producer") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill(f"{who}@demo.see1.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", level=1).wait_for()


def day(ahead: int) -> str:
    return f"{datetime.now(UTC).date() + timedelta(days=ahead)}"


def booking_query(ahead: int, hours: int = 2, **asked: object) -> str:
    """The booking form's address for a window from ten o'clock GMT, `ahead` days from now."""
    window = {"starts_at": f"{day(ahead)}T10:00Z", "ends_at": f"{day(ahead)}T{10 + hours}:00Z"}
    return urlencode({"zones": "arena", "activity": "music", **window, **asked})


def search_query(duration: str, first: int, last: int, **asked: object) -> str:
    basics = {"activity": "music", "duration": duration, "start": day(first), "end": day(last), "step": 30}
    return urlencode(basics | asked)


def pages() -> dict[str, str]:
    """A name and an address for each kind of page, each with something to show."""
    return {
        "today": "/",
        "month": "/calendar/",
        "week": f"/calendar/?view=week&date={day(3)}",
        "day": f"/calendar/?view=day&date={day(7)}",
        "agenda": "/calendar/?view=agenda",
        "search": "/search/",
        "saved-searches": "/searches/",
        "search-none": f"/search/?{search_query('20 hours', 11, 12, crew_awake='on')}",
        "search-orbit": f"/search/?{search_query('2 hours', 3, 6, lighting='night', lighting_min='20 minutes')}",
        "search-wrong": f"/search/?{search_query('for ever', 12, 11)}",
        "booking-new": f"/bookings/new/?{booking_query(13, crew=2, power_kw=4, downlink_mbps=100)}",
        "booking-new-refused": f"/bookings/new/?{booking_query(1, crew=20, zones='studio', activity='sports')}",
        "booking-new-empty": "/bookings/new/",
        "bookings": "/bookings/?show=all",
        "productions": "/productions/",
        "production-new": "/productions/new/",
        "notifications": "/notifications/",
        "notification-choice": "/notifications/choice/",
        "keys": "/organisation/keys/",
        "organisation": "/organisation/",
        "organisations": "/organisations/",
        "account": "/accounts/",
        "second-factors": "/accounts/second-factors/",
        "password": "/accounts/password/change/",
        "demo-mail": "/demo/mail/",
    }


def own_pages(page: Page) -> dict[str, str]:
    """The pages of one held booking, and of its production."""
    page.goto("/bookings/?show=active&status=held")
    address = page.locator("a.card-title").first.get_attribute("href")
    page.goto(f"{address}")
    production = page.locator("dl.facts a").first.get_attribute("href")
    return {
        "booking": f"{address}",
        "call-sheet": f"{address}call-sheet/",
        "booking-change": f"{address}change/",
        "booking-cancel": f"{address}cancel/",
        "production": f"{production}",
    }
