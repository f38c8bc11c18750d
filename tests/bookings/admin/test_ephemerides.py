"""Ephemerides and their events in the admin: loaded as by the command, and settled where they changed."""

from __future__ import annotations

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from modules.models import Closure, EphemerisFile, TrajectoryEvent
from tests.bookings.admin.conftest import again, apply_shown, told
from tests.modules.operations.ephemeris_text import oem
from tests.world import World, span

WINDOW = span("03-10 10:00")
EVENTS, FILES = "/admin/modules/trajectoryevent/", "/admin/modules/ephemerisfile/"


def errors(response) -> str:
    return str(dict(response.context["adminform"].form.errors))


def upload(staff: Client, world: World, name: str, content: bytes):
    form = {"module": world.module.pk, "file": SimpleUploadedFile(name, content)}
    return staff.post(f"{FILES}add/", form, follow=True)


def test_an_ephemeris_is_loaded_as_by_the_command(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)
    apply_shown(staff, upload(staff, world, "a.oem", oem("2027-060", {"81P Docking": "069 11:00"})), flagged=1)
    assert again(booking).attention == ["closure"]
    messages = told(upload(staff, world, "a.oem", oem("2027-060", {"81P Docking": "069 11:00"})))
    assert any("already loaded" in message for message in messages)
    assert EphemerisFile.objects.count() == 1


@pytest.mark.parametrize("content", [b"hello", b"", bytes(range(256)), oem("2027-060", {})[:300]])
def test_a_bad_ephemeris_is_told_on_the_form(world: World, staff: Client, content: bytes) -> None:
    response = upload(staff, world, "bad.oem", content)
    assert response.status_code == 200
    assert errors(response) != "{}"
    assert not EphemerisFile.objects.exists()


def test_events_to_review_are_settled(world: World, staff: Client) -> None:
    upload(staff, world, "a.oem", oem("2027-058", {"GMT066 Reboost": "066 10:00", "80P Docking": "064 10:00"}))
    upload(staff, world, "b.oem", oem("2027-059", {}))
    assert staff.get(EVENTS, {"to_review": "yes"}).context["cl"].queryset.count() == 2
    gone, kept = TrajectoryEvent.objects.order_by("-occurs_at")
    said = {"do_it": "1", "reason": "As the operator told us.", f"version_{gone.pk}": 1, f"version_{kept.pk}": 1}
    assert "is set aside" in told(staff.post(f"{EVENTS}{gone.pk}/dismiss_one/", said, follow=True))[0]
    chosen = {"action": "accept_many", ACTION_CHECKBOX_NAME: [kept.pk]}
    assert "stands" in told(staff.post(EVENTS, said | chosen, follow=True))[0]
    assert [event.status for event in TrajectoryEvent.objects.order_by("-occurs_at")] == ["dismissed", "current"]
    assert Closure.objects.standing().count() == 1
    assert staff.get(EVENTS, {"to_review": "yes"}).context["cl"].queryset.count() == 0
