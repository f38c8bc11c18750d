"""Staff load elements, settle what was quarantined, and move relays: bookings are looked at each time."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bookings.models import Booking
from modules.models import DownlinkProvider, OrbitElements
from tests.bookings.admin.conftest import apply_shown, saved_once_more, told
from tests.bookings.replanning.test_drift import NIGHT, booked, shifted
from tests.modules.orbit.element_text import as_json
from tests.world import World

ELEMENTS, PROVIDERS = "/admin/modules/orbitelements/", "/admin/modules/downlinkprovider/"


def upload(staff: Client, world: World, content: bytes):
    body = {"module": world.module.pk, "upload": SimpleUploadedFile("iss.json", content)}
    return staff.post(f"{ELEMENTS}add/", body, follow=True)


def test_elements_are_loaded_as_by_the_command(world: World, staff: Client) -> None:
    said = told(upload(staff, world, as_json()))
    assert any("epoch 2026/060 13:48 GMT: accepted" in message for message in said)
    assert OrbitElements.objects.get(nominal=False).loaded_by == str(world.staff.label)


@pytest.mark.parametrize("content", [b"", b"\x00" * 50, as_json()[:80]], ids=["empty", "binary", "cut"])
def test_a_bad_file_is_told_on_the_form(world: World, staff: Client, content: bytes) -> None:
    response = upload(staff, world, content)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not OrbitElements.objects.filter(nominal=False).exists()


def test_a_quarantined_set_waits_on_the_board_and_is_accepted_with_a_reason(world: World, staff: Client) -> None:
    booking = booked(world, NIGHT)
    elements = shifted(world, 180)
    OrbitElements.objects.filter(pk=elements.pk).update(status="quarantined", review="Its plane lies elsewhere.")
    panels = {panel.title: panel for panel in staff.get("/admin/").context["panels"]}
    assert [line.name for line in panels["Orbit elements in quarantine"].lines] == [str(elements)]
    address = f"{ELEMENTS}{elements.pk}/accept_one/"
    asked = staff.get(address, follow=True)
    assert asked.status_code == 200
    assert OrbitElements.objects.get(pk=elements.pk).status == "quarantined", "asking changes nothing"
    shown = staff.post(address, {"do_it": "1", "reason": "Houston says so."}, follow=True)
    assert OrbitElements.objects.get(pk=elements.pk).status == "quarantined", "it is shown first whom it touches"
    apply_shown(staff, shown, flagged=1)
    assert OrbitElements.objects.get(pk=elements.pk).status == "accepted"
    assert Booking.objects.get(pk=booking.pk).attention == ["conditions_drifted"]


def test_relays_taken_away_say_first_what_that_does_to_bookings(world: World, staff: Client) -> None:
    booking = booked(world, {"downlink_min": "PT28M"})
    provider = DownlinkProvider.objects.get(phase__kind="docked")
    rows = {
        f"relays-{i}-{name}": value
        for i, relay in enumerate(provider.relays.all())
        for name, value in {
            "id": relay.pk, "provider": provider.pk, "name": relay.name, "longitude": relay.longitude, "DELETE": "on"
        }.items()
    }  # fmt: skip
    body = {
        "phase": provider.phase_id,
        "name": provider.name,
        "min_elevation_degrees": "5",
        "relays-TOTAL_FORMS": "2",
        "relays-INITIAL_FORMS": "2",
        **rows,
    }
    address = f"{PROVIDERS}{provider.pk}/"
    refused = told(staff.post(f"{address}delete/", {"post": "yes"}, follow=True))
    assert any("Nothing is deleted: it touches bookings." in message for message in refused)
    assert Booking.objects.get(pk=booking.pk).attention == []
    said = told(saved_once_more(staff, f"{address}change/", body, booking.reference))
    assert any("1 booking flagged" in message for message in said)
    assert Booking.objects.get(pk=booking.pk).attention == ["conditions_drifted"]
    staff.post(f"{address}delete/", {"post": "yes"})
    assert not DownlinkProvider.objects.filter(pk=provider.pk).exists()


def test_what_a_booking_asks_of_the_orbit_is_said_in_words(world: World, staff: Client) -> None:
    booking = booked(world, {"downlink_min": "PT28M"})
    page = staff.get(f"/admin/bookings/booking/{booking.pk}/change/").content.decode()
    assert "Live for 28 minutes without a break" in page
    assert "PT28M" not in page
    assert f"× {booking.price['lines'][0]['unit_amount']}" not in page
    assert re.search(r"× \d{1,3},\d{3}\.\d\d<", page)
