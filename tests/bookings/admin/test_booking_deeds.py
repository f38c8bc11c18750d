"""Confirm, decline, cancel, release, one by one and many at once: each the lifecycle's own, its refusals told."""

from __future__ import annotations

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client

from bookings import lifecycle
from bookings.models import Booking, Mail, Transition
from bookings.states import Status
from tests.bookings.admin.conftest import again, shut, told
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
CHANGELIST = "/admin/bookings/booking/"


def requested(world: World, window=WINDOW, **asked) -> Booking:
    return world.reserve(window, status=Status.REQUESTED, **asked)


def press(staff: Client, booking: Booking, deed: str, *, version: int | None = None, **said):
    form = {"do_it": "1", f"version_{booking.pk}": version or booking.version, **said}
    return staff.post(f"{CHANGELIST}{booking.pk}/{deed}_one/", form, follow=True)


def press_many(staff: Client, bookings: list[Booking], deed: str, **said):
    versions = {f"version_{booking.pk}": booking.version for booking in bookings}
    chosen = {"action": f"{deed}_many", ACTION_CHECKBOX_NAME: [str(booking.pk) for booking in bookings]}
    return staff.post(CHANGELIST, {**chosen, **versions, **said}, follow=True)


@pytest.mark.parametrize(("deed", "field"), [("confirm", "concurrence"), ("decline", "reason"), ("cancel", "reason")])
def test_the_page_that_asks_can_be_filled_in_and_sent(world: World, staff: Client, deed: str, field: str) -> None:
    booking = requested(world)
    content = staff.get(f"{CHANGELIST}{booking.pk}/{deed}_one/").content.decode()
    form = content.split('class="see1-deed"')[1].split("</form>")[0]
    assert form.count(f'name="{field}"') == 1
    assert form.count('type="submit"') == 1
    assert f'name="version_{booking.pk}"' in form
    assert f'href="{CHANGELIST}{booking.pk}/change/"' in form


def test_confirming_records_who_concurred_and_who_confirmed(world: World, staff: Client) -> None:
    booking = requested(world)
    response = press(staff, booking, "confirm", concurrence="Axiom flight, by loop")
    assert told(response) == [f"{booking.reference} is confirmed."]
    assert (again(booking).status, again(booking).concurrence) == ("confirmed", "Axiom flight, by loop")
    line = Transition.objects.filter(booking=booking).last()
    assert line is not None
    assert (line.user, line.via) == (world.staff_user, "admin")


@pytest.mark.parametrize(
    ("deed", "said", "status", "reason"),
    [
        ("decline", {"reason": "No crew."}, "declined", "No crew."),
        ("cancel", {"reason": "They asked us to."}, "cancelled", "They asked us to."),
        ("cancel", {}, "cancelled", None),
    ],
)
def test_ending_a_request(world: World, staff: Client, deed, said, status, reason) -> None:
    booking = requested(world)
    press(staff, booking, deed, **said)
    assert again(booking).status == status
    line = Transition.objects.filter(booking=booking).last()
    assert line is not None
    assert line.detail.get("reason") == reason


def test_releasing_and_requesting_a_hold(world: World, staff: Client) -> None:
    first, second = world.reserve(WINDOW), world.reserve(WINDOW, by=world.theirs)
    press(staff, first, "release")
    assert (again(first).status, again(second).rank) == ("released", 1)
    press(staff, again(second), "request")
    assert again(second).status == "requested"


def test_a_form_that_lacks_something_is_shown_again(world: World, staff: Client) -> None:
    booking = requested(world)
    response = press(staff, booking, "decline", reason="  ")
    assert response.context["form"].errors["reason"] == ["This field is required."]
    assert again(booking).status == "requested"


def _closed(world: World, booking: Booking) -> None:
    shut(world)


def _taken_back(world: World, booking: Booking) -> None:
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)


def _nothing(world: World, booking: Booking) -> None:
    pass


@pytest.mark.parametrize(
    ("meanwhile", "said", "version", "told_of"),
    [
        (_closed, {"concurrence": "Axiom"}, 2, "Closed from 2027/069 10:00 GMT"),
        (_taken_back, {"concurrence": "Axiom"}, 2, "is cancelled, so it cannot confirm"),
        (_taken_back, {"concurrence": "Axiom"}, None, "has changed since you read it"),
        (_nothing, {"concurrence": "Axiom", "version_x": "1"}, 99, "has changed since you read it"),
    ],
)
def test_what_cannot_be_confirmed_is_told_and_stays(
    world: World, staff: Client, meanwhile, said, version, told_of
) -> None:
    booking = requested(world)
    meanwhile(world, booking)
    before = again(booking).status
    response = press(staff, booking, "confirm", version=version, **said)
    assert response.status_code == 200
    [message] = told(response)
    assert told_of in message
    assert booking.reference in message
    assert again(booking).status == before


def test_what_the_form_lacks_is_said_on_the_form_and_can_be_added(world: World, staff: Client) -> None:
    booking = requested(world)
    page = press(staff, booking, "confirm", concurrence="  ")
    assert page.templates[0].name == "admin/deed.html"
    assert "While docked, the host concurs first" in page.context["form"].errors["concurrence"][0]
    assert again(booking).status == "requested"
    press(staff, booking, "confirm", concurrence="Axiom flight, by loop")
    assert again(booking).status == "confirmed"


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 40, "1.5"])
def test_a_version_that_is_none_is_stale(world: World, staff: Client, version: str) -> None:
    booking = requested(world)
    form = {"do_it": "1", f"version_{booking.pk}": version, "concurrence": "Axiom"}
    response = staff.post(f"{CHANGELIST}{booking.pk}/confirm_one/", form, follow=True)
    assert "has changed since" in told(response)[0]
    assert again(booking).status == "requested"


def test_a_booking_that_is_not_there(staff: Client) -> None:
    for pk in ("7f9c2f3e-0000-4000-8000-000000000000", "nonsense"):
        assert staff.get(f"{CHANGELIST}{pk}/confirm_one/").status_code == 302


def test_many_are_asked_about_first_and_then_done_one_by_one(world: World, staff: Client) -> None:
    good, clashing = requested(world), requested(world, span("03-12 10:00"))
    held = world.reserve(span("03-14 10:00"))
    asked = press_many(staff, [good, clashing, held], "confirm")
    assert asked.templates[0].name == "admin/deed.html"
    assert again(good).status == "requested", "choosing the action only asks"
    assert "Aurora Pictures · Aurora Pictures's film · Arena · 2027/069 10:00 – 12:00 GMT" in [
        row["about"].split(";")[0] for row in asked.context["rows"]
    ]
    shut(world, span("03-12 10:00"))
    response = press_many(staff, [good, again(clashing), held], "confirm", do_it="1", concurrence="Axiom, by mail")
    messages = "\n".join(told(response))
    assert f"{good.reference} is confirmed." in messages
    assert f"{clashing.reference}: Closed from" in messages
    assert f"{held.reference}: {held.reference} is held, so it cannot confirm" in messages
    assert [again(b).status for b in (good, clashing, held)] == ["confirmed", "requested", "held"]


@pytest.mark.parametrize(
    ("deed", "said", "status"),
    [
        ("decline", {"reason": "No crew."}, "declined"),
        ("cancel", {"reason": ""}, "cancelled"),
    ],
)
def test_many_are_declined_or_cancelled(world: World, staff: Client, deed, said, status) -> None:
    bookings = [requested(world), requested(world, span("03-12 10:00"))]
    press_many(staff, bookings, deed, do_it="1", **said)
    assert {again(booking).status for booking in bookings} == {status}
    assert Mail.objects.filter(kind=status).count() == 2


def test_many_holds_are_released(world: World, staff: Client) -> None:
    bookings = [world.reserve(WINDOW), world.reserve(span("03-12 10:00"))]
    press_many(staff, bookings, "release", do_it="1")
    assert {again(booking).status for booking in bookings} == {"released"}


def test_there_is_no_deleting(world: World, staff: Client) -> None:
    booking = requested(world)
    assert staff.post(f"{CHANGELIST}{booking.pk}/delete/", {"post": "yes"}).status_code == 403
    press_many(staff, [booking], "delete", post="yes")
    chosen = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [str(booking.pk)], "post": "yes"}
    staff.post(CHANGELIST, chosen, follow=True)
    assert again(booking).status == "requested"


def test_whoever_may_only_look_cannot_act(world: World, permitted) -> None:
    booking = requested(world)
    client = permitted("view_booking", "view_transition", "view_mail", "view_challenge")
    page = client.get(f"{CHANGELIST}{booking.pk}/change/")
    assert page.status_code == 200
    assert b"confirm_one" not in page.content
    assert press(client, booking, "confirm", concurrence="me").status_code == 403
    press_many(client, [booking], "confirm", do_it="1", concurrence="me")
    assert client.post(f"{CHANGELIST}{booking.pk}/change/", {"crew": 3}).status_code == 403
    assert again(booking).status == "requested"


def test_a_button_is_shown_where_the_state_allows_it(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)

    def offered() -> set[str]:
        content = staff.get(f"{CHANGELIST}{booking.pk}/change/").content.decode()
        return {
            deed
            for deed in ("confirm", "decline", "request", "release", "cancel", "agree")
            if f"{deed}_one/" in content
        }

    assert offered() == {"request", "release", "cancel"}
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    assert offered() == {"confirm", "decline", "cancel"}
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    assert offered() == set()
