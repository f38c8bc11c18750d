"""The quote on paper: whoever may see the booking gets it, whatever its title is written in."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from bookings.models import Booking, Membership, Role
from bookings.papers.quote import Paper, of_booking, of_draft
from tests.world import NOW, World, span


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


WISH = {
    "zones": ["arena", "control"],
    "activity": "filming",
    "starts_at": "2027-03-10T10:00",
    "ends_at": "2027-03-10T12:00",
    "clock": "gmt",
}


def test_a_quote_is_to_be_had_before_anything_is_booked(world: World, ours: Client) -> None:
    wish = {**WISH, "production": str(world.ours.production.pk)}
    page = ours.post("/bookings/new/", {**wish, "intent": "look"})
    assert 'formaction="/bookings/new/quote.pdf"' in page.text
    answer = ours.post("/bookings/new/quote.pdf", wish)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="quote.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert not Booking.objects.exists()


def test_it_says_what_the_booking_s_will_say(world: World) -> None:
    draft = world.draft(span("03-10 10:00"), zones=("arena", "control"), crew=2)
    before = of_draft(draft, world.module, actor=world.ours.actor, at=NOW)
    booking = world.reserve(span("03-10 10:00"), zones=("arena", "control"), crew=2)
    after = of_booking(Booking.objects.with_details().get(pk=booking.pk), at=NOW)
    assert (before.price, before.terms, before.issued) == (after.price, after.terms, after.issued)
    differing = [name for (name, said), (_, later) in zip(before.facts, after.facts, strict=True) if said != later]
    assert differing == ["State"]
    assert Paper.read(before.as_json()) == before


def test_what_cannot_be_had_is_said_in_the_form(world: World, ours: Client) -> None:
    wish = {**WISH, "production": str(world.ours.production.pk)}
    late = {**wish, "starts_at": "2027-03-02T10:00", "ends_at": "2027-03-02T12:00"}
    for said, status in ((late, 400), ({**wish, "ends_at": "soon"}, 400)):
        answer = ours.post("/bookings/new/quote.pdf", said)
        assert (answer.status_code, answer["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert 'action="/bookings/new/"' in answer.text
    assert ours.get("/bookings/new/quote.pdf").status_code == 405
    theirs = {**wish, "production": str(world.theirs.production.pk)}
    assert ours.post("/bookings/new/quote.pdf", theirs).status_code == 400


def test_who_may_not_book_asks_for_no_quote(world: World, ours: Client) -> None:
    Membership.objects.filter(user=world.ours.owner).update(role=Role.VIEWER)
    assert ours.post("/bookings/new/quote.pdf", WISH).status_code == 403
    assert Client().post("/bookings/new/quote.pdf", WISH).status_code == 302
