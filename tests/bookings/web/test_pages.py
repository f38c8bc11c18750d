"""Every page: who may see it, that it is whole, and that it asks the database a bounded number of times."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings import lifecycle
from bookings.models import Booking
from bookings.states import Status
from tests.world import NOW, World, span

PAGES = {
    "/": 200,
    "/calendar/": 200,
    "/calendar/?view=week": 200,
    "/calendar/?view=day&date=2027-03-10": 200,
    "/calendar/?start=2027-03-01&end=2027-04-10": 200,
    "/search/": 200,
    "/bookings/": 200,
    "/bookings/?show=all&status=held&status=requested": 200,
    "/bookings/new/": 200,
    "/productions/": 200,
    "/productions/new/": 200,
    "/calendar/?view=agenda": 200,
    "/notifications/": 200,
    "/notifications/choice/": 200,
    "/searches/": 200,
    "/bookings/{booking}/": 200,
    "/bookings/{booking}/call-sheet/": 200,
    "/bookings/{booking}/change/": 200,
    "/bookings/{booking}/request/": 200,
    "/bookings/{booking}/release/": 200,
    "/bookings/{booking}/cancel/": 200,
    "/bookings/{booking}/challenge/": 200,
    "/productions/{production}/": 200,
    "/productions/{production}/call-sheet/": 200,
}
ONES_OWN = [page for page in PAGES if "{" in page]
FOR_BOOKERS = [page for page in PAGES if page.endswith(("/new/", "change/", "request/", "release/", "cancel/"))]


@pytest.fixture
def booking(world: World) -> Booking:
    return world.reserve(span("03-10 10:00"), crew=2)


def filled(page: str, booking: Booking) -> str:
    return page.format(booking=booking.pk, production=booking.production_id)


@pytest.mark.parametrize("page", PAGES)
def test_whoever_is_not_logged_in_is_led_to_the_log_in(page: str, booking: Booking) -> None:
    response = Client().get(filled(page, booking))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(("page", "status"), PAGES.items())
def test_a_producer_and_staff_see_every_page(
    page: str, status: int, booking: Booking, ours: Client, staff: Client
) -> None:
    assert ours.get(filled(page, booking)).status_code == status
    assert staff.get(filled(page, booking)).status_code == status


@pytest.mark.parametrize("page", ONES_OWN)
def test_what_is_somebody_elses_is_not_there(page: str, booking: Booking, theirs: Client) -> None:
    response = theirs.get(filled(page, booking))
    assert response.status_code == 404
    assert booking.reference not in response.text


@pytest.mark.parametrize("page", FOR_BOOKERS)
def test_a_viewer_looks_and_does_not_book(page: str, booking: Booking, viewer: Client) -> None:
    response = viewer.get(filled(page, booking))
    assert response.status_code == 403
    assert "You may look" in response.text


@pytest.mark.parametrize("page", ["/", "/calendar/", "/search/", "/bookings/", "/productions/", "/bookings/{booking}/"])
def test_a_viewer_sees_what_there_is_and_no_button_to_book(page: str, booking: Booking, viewer: Client) -> None:
    response = viewer.get(filled(page, booking))
    assert response.status_code == 200
    assert "/bookings/new/" not in response.text
    assert "/release/" not in response.text


class Outline(HTMLParser):
    """What a page may not have under the strict policy, and what it must have for everybody."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.broken: list[str] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.static: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "style" in given or tag == "style" or any(name.startswith(("on", "hx-on")) for name in given):
            self.broken.append(f"inline style or script in <{tag}>")
        if tag == "script" and not given.get("src"):
            self.broken.append("inline script")
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag in {"h1", "main"}:
            self.headings.append(tag)
        address = given.get("href" if tag == "link" else "src") or ""
        if address.startswith("/static/"):
            self.static.add(address.removeprefix("/static/"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_the_strict_policy_and_is_well_formed(page: str, booking: Booking, ours: Client) -> None:
    response = ours.get(filled(page, booking))
    outline = Outline(response.text)
    assert outline.broken == []
    assert sorted(outline.headings) == ["h1", "main"]
    assert len(outline.ids) == len(set(outline.ids)), "an id is there twice"
    assert all(finders.find(name) for name in outline.static)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("page", [p for p in PAGES if not p.startswith("/productions/{production}/")])
def test_more_bookings_cost_no_more_queries(page: str, booking: Booking, ours: Client, world: World) -> None:
    def crowd(days: range) -> None:
        for day in days:
            world.reserve(span(f"03-{day} 10:00"), zones=("arena", "studio"), status=Status.REQUESTED)
            world.reserve(span(f"03-{day} 14:00"), by=world.theirs)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            ours.get(filled(page, booking))
        return len(queries)

    crowd(range(11, 12))
    few = cost()
    crowd(range(12, 25))
    assert cost() <= few <= 26


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/nowhere/", "There is nothing here"),
        (f"/bookings/{'0' * 8}-0000-0000-0000-{'0' * 12}/", "There is no such booking among yours"),
        ("/bookings/not-an-id/", "There is nothing here"),
        ("/demo/mail/", "There is nothing here"),
        ("/calendar/?module=mars", "There is no module “mars”"),
    ],
)
def test_what_is_not_there_says_so_to_people(address: str, words: str, ours: Client) -> None:
    response = ours.get(address)
    assert response.status_code == 404
    assert words in response.text
    assert "Traceback" not in response.text


def test_staff_find_the_admin_from_an_error_page(staff: Client) -> None:
    assert "/admin/" in staff.get("/nowhere/").text


def test_a_form_without_its_token_is_asked_for_again(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.ours.owner)
    response = client.post("/bookings/new/", {"intent": "hold"})
    assert response.status_code == 403
    assert "Please send that again" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "view=decade",
        "date=nonsense",
        "date=9999-12-31",
        "date=0001-01-01",
        "start=2027-03-01&end=2026-03-01",
        "start=2027-01-01&end=2027-12-31",
        "date=%00",
        "start=2027-03-01&end=%F0%9F%9A%80",
    ],
)
def test_a_calendar_asked_for_nonsense_says_what_would_do(query: str, ours: Client) -> None:
    response = ours.get(f"/calendar/?{query}")
    assert response.status_code == 400
    assert "errorlist" in response.text or "Calendar" in response.text


@pytest.mark.parametrize("date", ["2000-01-01", "2100-12-31"])
@pytest.mark.parametrize("view", ["month", "week", "day"])
def test_the_ends_of_the_calendar_hold(view: str, date: str, ours: Client) -> None:
    assert ours.get(f"/calendar/?view={view}&date={date}").status_code == 200


def test_the_first_page_says_what_needs_a_look_first(world: World, ours: Client) -> None:
    hold = world.reserve(span("03-10 10:00"))
    flagged = world.reserve(span("03-12 10:00"), status=Status.REQUESTED)
    Booking.objects.filter(pk=flagged.pk).update(attention=["closure"])
    page = ours.get("/").text
    assert page.index("Needs a look") < page.index("Next windows")
    assert hold.reference in page
    assert re.search(r"Needs a look: the module is closed meanwhile", page)


def test_times_are_machine_readable_and_on_both_clocks(booking: Booking, ours: Client) -> None:
    page = ours.get(f"/bookings/{booking.pk}/").text
    assert 'datetime="2027-03-10T10:00:00Z"' in page
    assert "2027/069 10:00" in page
    assert "Wed 10 Mar 2027, 11:00–13:00 CET" in page
    assert "2 hours" in page


def test_what_cannot_wait_stands_on_top_of_the_first_page(world: World, ours: Client) -> None:
    first = world.reserve(span("03-11 10:00"))
    behind = world.reserve(span("03-11 10:00"), by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=behind.pk, version=behind.version, at=NOW)
    touched = world.reserve(span("03-12 10:00"))
    Booking.objects.filter(pk=touched.pk).update(attention=["closure"])
    page = ours.get("/").content.decode()
    assert page.index(first.reference) < page.index("Find windows")
    assert page.index(touched.reference) < page.index("Find windows")
