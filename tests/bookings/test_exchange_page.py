"""The page of tables: shown first and done then, by those who may."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bookings.exchange.tables import Row
from bookings.models import Booking, User
from modules.models import Closure
from tests.bookings.tables import PAGE, booking_row
from tests.world import NOW, World, span


@pytest.fixture
def staff(world: World, client: Client) -> Iterator[Client]:
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.staff_user)
        yield client


def load(client: Client, name: str, *rows: Row) -> object:
    file = SimpleUploadedFile("x.json", json.dumps(rows).encode())
    return client.post(reverse("exchange_in", args=[name]), {"table": file}, follow=True)


def test_the_page_shows_first_and_does_then(staff: Client, world: World) -> None:
    shown = load(staff, "bookings", booking_row(world))
    assert "1 added" in shown.content.decode()
    assert not Booking.objects.exists()
    done = staff.post(reverse("exchange_in", args=["bookings"]), {"shown": shown.context["shown"]}, follow=True)
    assert "1 added" in str(next(iter(done.context["messages"])))
    assert Booking.objects.count() == 1


def test_what_does_something_else_by_then_is_shown_again(staff: Client, world: World) -> None:
    shown = load(staff, "bookings", booking_row(world))
    world.reserve(span("03-10 10:00"), by=world.theirs)
    again = staff.post(reverse("exchange_in", args=["bookings"]), {"shown": shown.context["shown"]})
    assert "rank 2" in again.content.decode()
    assert Booking.objects.count() == 1


def test_what_was_shown_to_another_or_tampered_with_is_refused(staff: Client, world: World) -> None:
    shown = load(staff, "bookings", booking_row(world)).context["shown"]
    other = User.objects.create_superuser("other@see1.example", "a long enough password")
    staff.post(reverse("exchange_in", args=["bookings"]), {"shown": shown + "x"})
    staff.force_login(other)
    assert staff.post(reverse("exchange_in", args=["bookings"]), {"shown": shown}).status_code == 403
    assert not Booking.objects.exists()


def test_files_come_out_by_the_day(staff: Client, world: World) -> None:
    world.reserve(span("03-10 10:00"))
    world.reserve(span("03-20 10:00"))
    asked = {"start": "2027-03-10", "end": "2027-03-10"}
    answer = staff.get(reverse("exchange_out", args=["bookings", "json"]), asked)
    assert [row["starts_at"] for row in json.loads(answer.content)] == ["2027-03-10T10:00:00Z"]
    assert "attachment" in answer["Content-Disposition"]
    assert staff.get(reverse("exchange_out", args=["bookings", "pdf"])).status_code == 404
    assert staff.get(reverse("exchange_out", args=["people", "csv"])).status_code == 404
    assert staff.get(reverse("exchange_out", args=["bookings", "csv"]), {"start": "x", "end": "y"}).status_code == 302


def test_the_page_offers_each_what_they_may(world: World, client: Client) -> None:
    client.force_login(world.ours.owner)
    assert client.get(PAGE).status_code == 403
    assert client.get(reverse("exchange_out", args=["bookings", "csv"])).status_code == 403
    clerk = User.objects.create_user("clerk@see1.example", "a long enough password", is_staff=True)
    client.force_login(clerk)
    assert client.get(PAGE).status_code == 403
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_closure"]))
    page = client.get(PAGE).content.decode()
    assert reverse("exchange_out", args=["closures", "csv"]) in page
    assert reverse("exchange_in", args=["closures"]) not in page
    assert "bookings.csv" not in page
    assert (
        load(client, "closures", {"kind": "maintenance", "starts_at": "", "ends_at": "", "reason": ""}).status_code
        == 403
    )


CLOSURE = {
    "kind": "maintenance", "starts_at": "2027-03-10T09:00:00Z", "ends_at": "2027-03-10T11:00:00Z", "reason": "Filters.",
}  # fmt: skip


def test_what_was_shown_once_is_done_once_and_told_each_time(staff: Client, world: World) -> None:
    shown = load(staff, "closures", CLOSURE).context["shown"]
    for _ in range(3):
        done = staff.post(reverse("exchange_in", args=["closures"]), {"shown": shown}, follow=True)
        assert [str(said) for said in done.context["messages"]] == ["Imported: 1 added, 0 changed, 0 left as they are."]
        assert Closure.objects.count() == 1
    again = load(staff, "closures", CLOSURE).context["shown"]
    staff.post(reverse("exchange_in", args=["closures"]), {"shown": again})
    assert Closure.objects.count() == 2, "who loads it anew and says yes to it means another"
