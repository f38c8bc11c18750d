"""The quote on paper: whoever may see the booking gets it, whatever its title is written in."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tests.world import World, span


@pytest.mark.parametrize("title", ["Première à Łódź", "Одиссея · Οδύσσεια", "月 and ☾ and 🚀", "W" * 200])
def test_a_quote_is_a_pdf(title: str, world: World, ours: Client) -> None:
    booking = world.reserve(span("03-10 10:00"))
    world.ours.production.title = title
    world.ours.production.save()
    answer = ours.get(f"/bookings/{booking.pk}/quote.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) > 5_000


def test_somebody_elses_is_not_there(world: World, ours: Client) -> None:
    theirs = world.reserve(span("03-10 10:00"), by=world.theirs)
    for booking_id in (theirs.pk, uuid4()):
        assert ours.get(f"/bookings/{booking_id}/quote.pdf").status_code == 404
