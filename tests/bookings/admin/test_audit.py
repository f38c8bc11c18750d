"""The audit's pages, and its endpoint: who sees what of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from bookings import keys, lifecycle
from bookings.models import AuditEntry, Production, RateCard, User
from tests.callers import Callers
from tests.world import NOW, World, span

LIST = reverse("admin:bookings_auditentry_changelist")
WINDOW = span("03-10 10:00")


def test_the_list_says_what_changed_and_leads_to_it(staff: Client, world: World) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    page = staff.get(LIST).content.decode()
    assert "status: held → requested" in page
    assert reverse("admin:bookings_booking_change", args=[booking.pk]) in page


def test_a_thing_s_history_is_what_the_audit_has_of_it(staff: Client, world: World) -> None:
    card = RateCard.objects.get()
    card.rates.first().delete()
    answer = staff.get(reverse("admin:bookings_ratecard_history", args=[card.pk]), follow=True)
    assert urlsplit(answer.redirect_chain[0][0]).path == LIST
    shown = answer.context["cl"].result_list
    assert {entry.model for entry in shown} == {"bookings.ratecard"}
    assert {(entry.verb, entry.part) for entry in shown} >= {("added", ""), ("deleted", "rate")}


def test_an_entry_shows_every_field_before_and_after(staff: Client, world: World) -> None:
    Production.objects.update(title="<b>New</b>")
    entry = AuditEntry.objects.filter(model="bookings.production", verb="changed").first()
    page = staff.get(reverse("admin:bookings_auditentry_change", args=[entry.pk])).content.decode()
    assert "&lt;b&gt;New&lt;/b&gt;" in page
    assert escape(entry.before["title"]) in page
    assert "Save" not in page


def test_one_sees_it_only_of_what_one_may_look_at(permitted, world: World) -> None:
    client = permitted("view_auditentry", "view_ratecard")
    page = client.get(LIST)
    assert {entry.model for entry in page.context["cl"].result_list} == {"bookings.ratecard"}
    hidden = AuditEntry.objects.filter(model="bookings.user").first()
    assert client.get(reverse("admin:bookings_auditentry_change", args=[hidden.pk])).status_code == 302


def test_a_list_of_many_entries_takes_few_queries(staff: Client, world: World, django_assert_max_num_queries) -> None:
    for number in range(60):
        Production.objects.update(title=f"New {number}")
    with django_assert_max_num_queries(12):
        staff.get(LIST)


def test_staff_read_it_over_the_api_and_nobody_else(world: World) -> None:
    api = Callers.of(world)
    booking = world.reserve(WINDOW)
    asked = {"model": "bookings.booking", "object": str(booking.pk)}
    answer = api.staff.get("audit/", asked)
    assert answer.status_code == 200
    first = next(entry for entry in answer.json()["results"] if not entry["part"])
    assert (first["verb"], first["label"], first["after"]["status"]) == ("added", booking.reference, "held")
    refused = api.ours.get("audit/", asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


def test_a_key_of_staff_reads_what_its_person_may(world: World) -> None:
    api = Callers.of(world)
    clerk = User.objects.create_user("clerk@see1.example", "a long enough password", is_staff=True)
    _, plaintext = keys.make_key(user=clerk, organisation=None, name="Clerk", scopes=["read"], at=NOW)
    answer = Client().get("/api/v1/audit/", headers={"authorization": f"Bearer {plaintext}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert api.staff.get("audit/").json()["results"]


def test_times_and_names_are_said_as_on_every_page(staff: Client, world: World) -> None:
    """Not as the database writes them; and a part, as a booking's zone, is called by what it is a part of."""
    booking = world.reserve(WINDOW)
    zone = AuditEntry.objects.get(model="bookings.booking", object_id=str(booking.pk), part="zone")
    assert zone.label == ""
    page = staff.get(LIST, {"q": str(booking.pk)}).content.decode()
    assert page.count(f">{booking.reference}</a>") == 2
    assert f">{booking.pk}<" not in page
    whole = AuditEntry.objects.get(model="bookings.booking", object_id=str(booking.pk), part="")
    assert whole.after["starts_at"].startswith("2027-03-10T10:00:00")
    page = staff.get(reverse("admin:bookings_auditentry_change", args=[whole.pk])).content.decode()
    assert "2027/069 10:00:00 GMT" in page
    assert "2027-03-10T" not in page
