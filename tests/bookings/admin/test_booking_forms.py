"""Making and changing a booking in the admin: the lifecycle's rules, told on the form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings import lifecycle
from bookings.models import Booking
from bookings.states import Status
from modules.models import Module
from tests.bookings.admin.conftest import again, moment, send, shut
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
ADD = "/admin/bookings/booking/add/"


def filled(world: World, window=WINDOW, zones=("arena",), **said) -> dict[str, object]:
    pks = [world.module.zones.get(slug=slug).pk for slug in zones]
    form = {
        "production": str(world.ours.production.pk),
        "in_zones": pks,
        "activity": "filming",
        "crew": 2,
        "power_kw": "1.5",
        "downlink_mbps": 10,
        "media_return_kg": 0,
        "as_status": "held",
    }
    return form | moment("starts_at", window.starts_at) | moment("ends_at", window.ends_at) | said


def change(staff: Client, booking: Booking, form: dict[str, object], *, version: int | None = None):
    return send(
        staff, f"/admin/bookings/booking/{booking.pk}/change/", form | {"seen_version": version or booking.version}
    )


def complaints(response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


@pytest.mark.parametrize("status", ["held", "requested"])
def test_staff_make_a_booking_for_a_production(world: World, staff: Client, status: str) -> None:
    response = staff.post(ADD, filled(world, zones=("arena", "studio"), as_status=status))
    booking = Booking.objects.get()
    assert response.status_code == 302
    assert (booking.status, booking.rank, booking.crew, booking.created_by) == (status, 1, 2, world.staff_user)
    assert booking.organisation == world.ours.organisation
    assert {zone.slug for zone in booking.zones.all()} == {"arena", "studio"}
    assert [line.via for line in booking.transitions.all()] == ["admin"]
    assert booking.price_total > 0


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"in_zones": []}, "in_zones", "required"),
        ({"crew": 99}, "crew", "more than the module has"),
        ({"activity": "sports", "zones": "studio"}, "in_zones", "not equipped"),
        (moment("starts_at", WINDOW.ends_at), "ends_at", "ends after it starts"),
        (moment("starts_at", NOW) | moment("ends_at", NOW + timedelta(hours=1)), "starts_at", "past"),
        ({"starts_at_1": "10:00:30"}, "starts_at", "whole minutes"),
        ({"crew": "many"}, "crew", "whole number"),
        ({"power_kw": "1e400"}, "power_kw", ""),
        ({"crew": 10**30}, "crew", ""),
        ({"production": "nonsense"}, "production", ""),
        ({"in_zones": ["nonsense"]}, "in_zones", ""),
        ({"in_zones": [10**30]}, "in_zones", ""),
        ({"starts_at_0": "0000-99-99"}, "starts_at", ""),
    ],
)
def test_what_cannot_be_had_is_told_at_its_field(world: World, staff: Client, said, field, sentence) -> None:
    zones = (said.pop("zones"),) if "zones" in said else ("arena",)
    response = staff.post(ADD, filled(world, zones=zones) | said)
    assert response.status_code == 200
    assert sentence in " ".join(complaints(response)[field])
    assert not Booking.objects.exists()


def test_taken_time_is_told_on_the_form(world: World, staff: Client) -> None:
    world.reserve(WINDOW, by=world.theirs)
    response = staff.post(ADD, filled(world, as_status="requested"))
    assert "taken" in complaints(response)["__all__"][0]
    assert Booking.objects.count() == 1


def test_changing_the_time_and_zones_is_a_move(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW, crew=2, power_kw="1.5", downlink_mbps=10)
    away = span("03-11 10:00")
    assert change(staff, booking, filled(world, away, zones=("studio",))).status_code == 302
    moved = again(booking)
    assert (moved.starts_at, [zone.slug for zone in moved.zones.all()]) == (away.starts_at, ["studio"])
    assert [(line.action, line.via) for line in moved.transitions.all()] == [("create", "page"), ("move", "admin")]


def test_saving_without_a_change_writes_nothing(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW, crew=2, power_kw="1.5", downlink_mbps=10)
    assert change(staff, booking, filled(world)).status_code == 302
    assert again(booking).version == booking.version


def test_a_stale_form_is_told_so(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes={"crew": 1}, at=NOW)
    response = change(staff, booking, filled(world, crew=5))
    assert "has changed since you read it" in complaints(response)["__all__"][0]
    assert again(booking).crew == 1


@pytest.mark.parametrize("version", ["", "x", "-3", "9" * 30])
def test_a_version_that_is_none_is_refused(world: World, staff: Client, version: str) -> None:
    booking = world.reserve(WINDOW)
    form = filled(world, crew=5) | {"seen_version": version}
    response = send(staff, f"/admin/bookings/booking/{booking.pk}/change/", form)
    assert response.status_code == 200
    assert again(booking).crew == 0


def test_a_refused_move_changes_nothing(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    shut(world, span("03-11 10:00"))
    response = change(staff, booking, filled(world, span("03-11 10:00")))
    assert "Closed from" in complaints(response)["starts_at"][0]
    assert again(booking).version == booking.version


def test_what_lifecycle_owns_cannot_be_posted(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW, crew=2, power_kw="1.5", downlink_mbps=10)
    forged = {
        "status": "confirmed",
        "rank": 3,
        "reference": "HACKED",
        "price_total": "0",
        "phase": 1,
        "attention": "[]",
    }
    assert change(staff, booking, filled(world) | forged).status_code == 302
    assert again(booking).version == booking.version
    assert (again(booking).status, again(booking).reference) == ("held", booking.reference)


def test_what_is_over_is_only_looked_at(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.release(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    assert staff.get(f"/admin/bookings/booking/{booking.pk}/change/").status_code == 200
    assert change(staff, again(booking), filled(world, crew=4)).status_code == 403


def test_two_modules_in_one_booking_are_refused(world: World, staff: Client) -> None:
    other = Module.objects.create(slug="see-2", name="SEE-2", position=1)
    hall = other.zones.create(slug="hall", name="Hall", activities=["filming"])
    arena = world.module.zones.get(slug="arena")
    response = staff.post(ADD, filled(world) | {"in_zones": [arena.pk, hall.pk]})
    assert "one module" in complaints(response)["in_zones"][0]
