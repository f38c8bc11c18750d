"""What cancelling costs by the notice given, and that it is said and kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings import emails, lifecycle
from bookings.exceptions import FeeChanged
from bookings.models import Booking, CancellationTerm, Mail, RateCard, Transition
from bookings.papers.quote import of_booking
from bookings.pricing import cancellation_fee
from bookings.ratecards import fee_to_cancel
from tests.world import NOW, World, span

WEEK, MONTH, SECOND = timedelta(days=7), timedelta(days=30), timedelta(seconds=1)
TERMS = [CancellationTerm(notice=MONTH, percent=Decimal("33.33")), CancellationTerm(notice=WEEK, percent=Decimal(100))]


@pytest.mark.parametrize(
    ("notice", "fee"),
    [
        (MONTH + SECOND, "0.00"),
        (MONTH, "0.00"),
        (MONTH - SECOND, "33.34"),
        (WEEK, "33.34"),
        (WEEK - SECOND, "100.03"),
        (timedelta(0), "100.03"),
        (-WEEK, "100.03"),
    ],
)
def test_the_shortest_notice_not_kept_says_the_part(notice: timedelta, fee: str) -> None:
    assert cancellation_fee(Decimal("100.03"), TERMS, notice=notice) == Decimal(fee)
    assert cancellation_fee(Decimal("100.03"), TERMS[::-1], notice=notice) == Decimal(fee)


def test_without_terms_nothing_is_asked() -> None:
    assert cancellation_fee(Decimal("100.03"), [], notice=timedelta(0)) == 0


def _with_terms(booking: Booking) -> Booking:
    CancellationTerm.objects.all().delete()
    CancellationTerm.objects.create(card=booking.rate_card, notice=timedelta(days=365), percent=50)
    return booking


def test_what_is_not_confirmed_is_given_up_for_nothing(world: World) -> None:
    booking = _with_terms(world.reserve(span("03-10 10:00")))
    assert fee_to_cancel(booking, at=NOW) == 0
    requested = lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    assert fee_to_cancel(requested, at=NOW) == 0


def test_the_fee_is_shown_first_and_stands_in_the_history(world: World, client: Client) -> None:
    booking = _with_terms(world.reserve(span("03-10 10:00")))
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    booking = lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by loop")
    fee = (booking.price_total / 2).quantize(Decimal("0.01"))
    assert fee > 0
    assert fee_to_cancel(booking, at=NOW) == fee
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.staff_user)
        page = client.get(f"/admin/bookings/booking/{booking.pk}/cancel_one/").content.decode()
    assert f"cancelling now costs {fee:,.2f} {booking.currency}" in page
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW, reason="Rain.")
    line = Transition.objects.filter(booking=booking).last()
    assert line is not None
    assert line.detail == {"reason": "Rain.", "fee": str(fee), "currency": booking.currency}


def test_the_page_that_asks_reads_the_terms_of_many_at_once(world: World, client: Client) -> None:
    made = [_confirmed(world, day) for day in ("03-10", "03-12", "03-14")]
    CancellationTerm.objects.create(card=made[0].rate_card, notice=timedelta(days=365), percent=50)
    counted = []
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.staff_user)
        for chosen in (made[:1], made):
            asked = {"action": "cancel_many", "_selected_action": [str(each.pk) for each in chosen]}
            with CaptureQueriesContext(connection) as queries:
                page = client.post("/admin/bookings/booking/", asked).content.decode()
            assert page.count("cancelling now costs") == len(chosen)
            counted.append(len(queries))
    assert counted[0] == counted[1] <= 30


def _confirmed(world: World, day: str) -> Booking:
    booking = world.reserve(span(f"{day} 10:00"))
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    return lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by loop")


def test_the_terms_of_a_card_that_quoted_a_booking_are_only_looked_at(world: World, client: Client) -> None:
    client.force_login(world.staff_user)
    booking = world.reserve(span("03-10 10:00"))
    card = booking.rate_card
    fresh = RateCard.objects.create(module=world.module, name="Next year's", valid_from=NOW + MONTH)
    for each, may in ((card, False), (fresh, True)):
        page = client.get(f"/admin/bookings/ratecard/{each.pk}/change/")
        [terms] = [i for i in page.context["inline_admin_formsets"] if i.opts.model is CancellationTerm]
        assert (terms.has_add_permission, terms.has_change_permission, terms.has_delete_permission) == (may, may, may)


def test_a_producer_sees_the_fee_before_saying_yes_and_pays_no_other(world: World, client: Client) -> None:
    booking = _with_terms(world.reserve(span("03-10 10:00")))
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    booking = lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by loop")
    address = f"/bookings/{booking.pk}/cancel/"
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        fee = fee_to_cancel(booking, at=NOW)
        page = client.get(address).text
        assert f'name="fee" value="{fee}"' in page
        assert "by the terms it was quoted with" in page
        for shown in ("", "0.00", str(fee - 1)):
            refused = client.post(address, {"version": booking.version, "fee": shown})
            assert refused.status_code == 409
            assert "more than the" in refused.text
            assert "Nothing was done." in refused.text
            assert f'name="fee" value="{fee}"' in refused.text
        assert Booking.objects.get().status == "confirmed"
        done = client.post(address, {"version": booking.version, "fee": str(fee)}, follow=True)
        said = f"Cancelling it cost USD {fee:,.2f}, by the terms it was quoted with."
        assert f"{booking.reference}: Cancelled. {said}" in done.text
    assert Booking.objects.get().status == "cancelled"
    text = str(emails.compose(Mail.objects.get(kind="cancelled"), at=NOW).body)
    assert said in text
    assert "It is closed for good." in text


def test_that_cancelling_cost_nothing_is_said_too(world: World, client: Client) -> None:
    booking = world.reserve(span("03-10 10:00"))
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        before = client.get(f"/bookings/{booking.pk}/").text
        done = client.post(f"/bookings/{booking.pk}/cancel/", {"version": booking.version, "fee": "0.00"}, follow=True)
    assert f"{booking.reference}: Cancelled. Cancelling it cost nothing." in done.text
    assert "Cancelling it cost nothing." in str(emails.compose(Mail.objects.get(kind="cancelled"), at=NOW).body)
    for offered in ("call-sheet/", "booking.ics"):  # nobody takes along what is cancelled
        address = f'href="/bookings/{booking.pk}/{offered}"'
        assert (address in before, address in done.text) == (True, False)


def test_a_quote_says_what_a_request_that_was_confirmed_costs(world: World) -> None:
    booking = _with_terms(_confirmed(world, "03-10"))
    said = of_booking(booking, at=NOW).terms
    assert len(said) == 2
    assert "cancelling it costs what it would have cost at that moment, until it is confirmed again" in said[1]
    CancellationTerm.objects.all().delete()
    free = of_booking(Booking.objects.get(), at=NOW).terms
    assert free == ("Cancelling costs nothing by the terms of this rate card.",)


MORE = {"crew": 1}
ELSEWHERE = {"starts_at": span("05-10 10:00").starts_at, "ends_at": span("05-10 10:00").ends_at}


@pytest.mark.parametrize("changes", [MORE, ELSEWHERE, MORE | ELSEWHERE])
def test_a_change_first_does_not_spare_the_fee(world: World, client: Client, changes: dict[str, Any]) -> None:
    booking = _with_terms(_confirmed(world, "03-10"))
    fee, said = fee_to_cancel(booking, at=NOW), {"actor": world.ours.actor, "booking_id": booking.pk, "at": NOW}
    assert fee > 0
    preview = lifecycle.preview_change(changes=changes, **said)
    changed = lifecycle.change(changes=changes, **said)
    assert (changed.status, preview.after.fee, fee_to_cancel(changed, at=NOW)) == ("requested", fee, fee)
    with pytest.raises(FeeChanged):
        lifecycle.cancel(agreed_fee=Decimal(0), **said)
    again = lifecycle.change(changes={"crew": 2}, **said)
    assert fee_to_cancel(again, at=NOW) == fee
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        assert f'name="fee" value="{fee}"' in client.get(f"/bookings/{booking.pk}/cancel/").text
    lifecycle.cancel(agreed_fee=fee, **said)
    line = Transition.objects.filter(booking=booking).last()
    assert line is not None
    assert line.detail["fee"] == str(fee)


def test_the_page_of_a_change_says_what_cancelling_goes_on_to_cost(world: World, client: Client) -> None:
    booking = _with_terms(_confirmed(world, "03-10"))
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        page = client.get(f"/bookings/{booking.pk}/change/?starts_at=2027-05-10T10:00Z&ends_at=2027-05-10T12:00Z").text
    assert f"Until then cancelling it costs USD {fee_to_cancel(booking, at=NOW):,.2f}, as it does now." in page


def test_confirmed_anew_its_own_terms_hold_again_and_what_staff_change_costs_nobody(world: World) -> None:
    booking = _with_terms(_confirmed(world, "03-10"))
    said = {"booking_id": booking.pk, "at": NOW}
    lifecycle.change(actor=world.ours.actor, changes=ELSEWHERE, **said)
    CancellationTerm.objects.update(notice=MONTH)
    again = lifecycle.confirm(actor=world.staff, concurrence="Axiom, by loop", **said)
    assert fee_to_cancel(again, at=NOW) == 0
    CancellationTerm.objects.update(notice=timedelta(days=365))
    moved = lifecycle.change(actor=world.staff, changes=MORE, **said)
    assert (moved.status, fee_to_cancel(moved, at=NOW)) == ("requested", 0)


def test_what_costs_nothing_says_so(world: World, client: Client) -> None:
    booking = world.reserve(span("03-10 10:00"))
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        page = client.get(f"/bookings/{booking.pk}/cancel/").text
    assert "Cancelling now costs nothing." in page


def test_a_partner_reads_the_fee_first_and_pays_no_more(world: World, client: Client) -> None:
    booking = _with_terms(_confirmed(world, "03-10"))
    address = f"/api/v1/bookings/{booking.pk}/"
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        said = client.get(f"{address}cancellation/").json()
        fee = fee_to_cancel(booking, at=NOW)
        assert said == {
            "fee": f"{fee:.2f}",
            "currency": "USD",
            "at": "2027-03-01T12:00:00Z",
            "terms": [{"notice": "P365D", "percent": 50.0}],
        }

        etag = client.get(address)["ETag"]

        def cancel(**body: Any) -> Any:
            return client.post(f"{address}cancel/", body, "application/json", headers={"If-Match": etag})

        for less in (f"{fee - 1:.2f}", float(fee - 1), 1, 0):
            refused = cancel(agreed_fee=less).json()
            assert (refused["status"], refused["code"], refused["fee"]) == (409, "fee_changed", said["fee"])
        for nonsense in (True, -1, 1.005, 1e12, 10**400, [1], "-1", "1e3", "1,000", "", None, "1.005"):
            assert cancel(agreed_fee=nonsense).json()["errors"][0]["field"] == "agreed_fee"
        assert Booking.objects.get().status == "confirmed"
        assert cancel(agreed_fee=said["fee"]).json()["status"] == "cancelled"
        assert client.get(f"{address}cancellation/").json()["fee"] == "0.00"
