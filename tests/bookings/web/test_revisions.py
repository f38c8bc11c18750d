"""Staff see what a change of the schedule would do, apply it, and take it back; nobody else learns of it."""

from __future__ import annotations

import re
from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from bookings import replanning
from bookings.models import Booking, ScheduleRevision, User
from modules import operations
from modules.models import Closure
from tests.bookings.admin.conftest import moment
from tests.bookings.web.conftest import browser
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")


@pytest.fixture
def revision(world: World) -> ScheduleRevision:
    world.reserve(WINDOW)
    world.reserve(WINDOW, by=world.theirs)
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="visiting_vehicle",
        starts_at=WINDOW.starts_at,
        ends_at=WINDOW.ends_at,
        zones=[world.module.zones.get(slug="arena")],
    )
    return replanning.preview(world.module, change, reason="Progress docks.", actor=world.staff, at=NOW)


def page(revision: ScheduleRevision) -> str:
    return f"/staff/revisions/{revision.pk}/"


def test_a_preview_says_whom_it_touches_what_they_are_told_and_where_they_could_go(revision, staff: Client) -> None:
    said = staff.get(page(revision)).content.decode()
    for words in ("nothing is changed yet", "Progress docks.", "Closed from 2027/069 10:00 GMT", "Nearest windows"):
        assert words in said
    for booking in Booking.objects.all():
        assert booking.reference in said
    assert "new: Arena, 2027/069 10:00 GMT to 2027/069 12:00 GMT" in said
    sought = Booking.objects.earliest("arrival")
    whole = staff.get(page(revision), {"windows": sought.pk}).content.decode()
    part = staff.get(page(revision), {"windows": sought.pk}, headers={"HX-Request": "true"}).content.decode()
    for shown in (whole, part):
        assert "Nearest windows that fit:" in shown
        assert re.search(r"<dd>\s*<span[^>]*>.*2027/0", shown[shown.index("Nearest windows that fit:") :], re.DOTALL)
    assert "<html" not in part
    assert not Closure.objects.exists(), "looking for windows left nothing behind"
    assert revision.reason in staff.get("/staff/revisions/").content.decode()


@pytest.mark.parametrize("sought", ["nonsense", "\0", "00000000-0000-0000-0000-000000000000"])
def test_windows_of_a_booking_that_it_does_not_touch_are_not_sought(sought: str, revision, staff: Client) -> None:
    assert staff.get(page(revision), {"windows": sought}).status_code == 200
    part = staff.get(page(revision), {"windows": sought}, headers={"HX-Request": "true"})
    assert part.status_code == 404


def test_it_can_be_looked_at_by_outcome_and_by_organisation(revision, staff: Client) -> None:
    theirs = staff.get(page(revision), {"organisation": "Borealis Sport"}).context["page"]
    assert [row.booking.organisation.name for row in theirs] == ["Borealis Sport"]
    assert staff.get(page(revision), {"show": "cleared"}).context["page"].paginator.count == 0
    odd = staff.get(page(revision), {"show": "\0", "organisation": "\0", "page": "x"})
    assert odd.context["page"].paginator.count == 2


def test_apply_and_take_back_from_the_page(revision, staff: Client) -> None:
    applied = staff.post(f"{page(revision)}apply/", follow=True)
    assert "is applied. 2 people are told." in applied.content.decode()
    assert all(booking.attention == ["closure"] for booking in Booking.objects.all())
    back = staff.post(f"{page(revision)}back/", {"reason": "The wrong day."}, follow=True)
    way_back = back.context["revision"]
    assert way_back.takes_back == revision
    assert "As the schedule is then, it fits again." in back.content.decode()
    staff.post(f"{page(way_back)}apply/")
    assert all(booking.attention == [] for booking in Booking.objects.all())
    assert "Taken back" in staff.get(page(revision)).content.decode()
    assert staff.get("/staff/revisions/").status_code == 200


def test_a_stale_preview_says_so_and_offers_to_look_anew(world: World, revision, staff: Client) -> None:
    world.reserve(span("03-10 08:00", 3), by=world.theirs, zones=("arena",))
    answer = staff.post(f"{page(revision)}apply/", follow=True)
    shown = " ".join(answer.content.decode().split())
    assert "Something changed since" in shown
    assert '<button class="button" type="submit">Apply it</button>' in shown
    assert '<button class="button primary" type="submit">Preview it anew</button>' in shown
    assert not Closure.objects.exists()
    anew = staff.post(f"{page(revision)}again/", follow=True).context["revision"]
    assert (anew.pk != revision.pk, anew.flagged) == (True, 3)
    staff.post(f"{page(anew)}apply/")
    assert Closure.objects.exists()


def test_a_way_back_without_a_reason_is_refused(revision, staff: Client) -> None:
    staff.post(f"{page(revision)}apply/")
    answer = staff.post(f"{page(revision)}back/", {"reason": " "}, follow=True)
    assert "Say why" in answer.content.decode()
    assert ScheduleRevision.objects.count() == 1


@pytest.mark.parametrize("address", ["", "apply/", "again/", "back/"])
def test_producers_learn_nothing_of_revisions(revision, ours: Client, address: str) -> None:
    ask = ours.post if address else ours.get
    assert ask(page(revision) + address).status_code == 404
    assert ours.get("/staff/revisions/").status_code == 404
    assert b"/staff/" not in ours.get("/").content
    assert Client().get(page(revision)).status_code in (302, 405)
    assert not Closure.objects.exists()


def some_staff(*codenames: str) -> Client:
    user = User.objects.create_user("some@see1.example", "a long enough password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return browser(user)


@pytest.mark.parametrize(
    ("rights", "look", "apply"),
    [
        ((), 403, 403),
        (("view_booking",), 200, 403),
        (("view_booking", "change_phase", "change_closure"), 200, 403),
        (("view_booking", "add_closure"), 200, 302),
    ],
)
def test_staff_apply_what_the_admin_would_let_them_do(revision, rights, look, apply) -> None:
    client = some_staff(*rights)
    assert client.get(page(revision)).status_code == look
    assert client.post(f"{page(revision)}apply/").status_code == apply
    assert Closure.objects.exists() == (apply == 302)


@pytest.mark.parametrize("address", ["/staff/revisions/0/", f"/staff/revisions/{10**30}/", "/staff/revisions/1/x/"])
def test_odd_addresses_are_not_there(revision, staff: Client, address: str) -> None:
    assert staff.get(address).status_code in (404, 405)
    assert staff.post(address).status_code in (404, 405)


def test_the_admin_previews_first_and_saves_nothing(world: World, staff: Client) -> None:
    world.reserve(WINDOW)
    form = {"module": world.module.pk, "kind": "maintenance", "certainty": "planned", "note": "", "reason": "Filters."}
    times = moment("starts_at", WINDOW.starts_at) | moment("ends_at", WINDOW.ends_at)
    add = "/admin/modules/closure/add/"
    assert b"Preview what it does to bookings" in staff.get(add).content
    button = {"modules_closure_preview_first": ""}
    answer = staff.post(add, form | times | button, follow=True)
    assert answer.context["revision"].flagged == 1
    assert not Closure.objects.exists()
    wrong = staff.post(add, form | times | moment("ends_at", WINDOW.starts_at) | button)
    assert b"not after its start" in wrong.content
    assert ScheduleRevision.objects.count() == 1


def test_a_page_of_many_costs_no_query_for_each(revision, staff: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(60):
        staff.get(page(revision))


def test_control_characters_in_a_reason_are_left_out(revision, staff: Client) -> None:
    staff.post(f"{page(revision)}apply/")
    back = staff.post(f"{page(revision)}back/", {"reason": "The wrong\x00 day.\x1b"}, follow=True)
    assert back.context["revision"].takes_back == revision
    assert back.context["revision"].reason == "The wrong day."
