"""Rates and utilisation over REST: what the pages show, to whom they show it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission

from bookings import lifecycle
from bookings.keys import make_key
from bookings.models import RateCard, User
from bookings.states import Status
from tests.callers import Caller, Callers, problem
from tests.world import NOW, World, span

WEEK = {"from": "2027-03-08T00:00:00Z", "to": "2027-03-15T00:00:00Z"}
USE = "modules/see-1/utilisation/"


def clerk(*codenames: str) -> Caller:
    user = User.objects.create_user("clerk@see1.example", "a long enough password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return Caller(make_key(user=user, organisation=None, name="clerk", at=NOW)[1])


def test_staff_read_the_cards_with_all_that_is_on_them(world: World, api: Callers) -> None:
    [read] = api.staff.get("rates/").json()["results"]
    card = RateCard.objects.get()
    assert (read["id"], read["module"], read["currency"]) == (card.pk, "see-1", card.currency)
    assert {(rate["per"], Decimal(rate["amount"])) for rate in read["rates"]} == set(
        card.rates.values_list("per", "amount")
    )
    assert len(read["cancellation_terms"]) == card.cancellation_terms.count()


def test_utilisation_is_what_the_page_says(world: World, api: Callers) -> None:
    booking = world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by loop")
    read = api.staff.get(USE, WEEK).json()
    assert (read["total"]["used_hours"], read["total"]["bookings"]) == (2.0, 1)
    arena = next(row for group in read["groups"] if group["by"] == "zone" for row in group["rows"] if row["used_hours"])
    assert arena["used_share"] == pytest.approx(2 / arena["bookable_hours"])
    assert read["figures"]["money"] == [
        {"currency": booking.currency, "sold": f"{booking.price_total:.2f}", "fees": "0.00"}
    ]


def test_others_read_neither(world: World, api: Callers) -> None:
    for caller in (api.ours, api.readonly, clerk()):
        problem(caller.get("rates/"), 403, "permission_denied")
        problem(caller.get(USE, WEEK), 403, "permission_denied")


def test_who_may_not_look_at_rates_sees_no_money(world: World, api: Callers) -> None:
    caller = clerk("view_booking")
    problem(caller.get("rates/"), 403, "permission_denied")
    figures = caller.get(USE, WEEK).json()["figures"]
    assert "money" not in figures
    assert figures["made"] == 0


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({}, "from", "required"),
        ({"from": WEEK["to"], "to": WEEK["from"]}, "to", "ends_before_start"),
        ({"from": "2000-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}, "to", "span_too_long"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(
    world: World, api: Callers, query: dict[str, str], field: str, code: str
) -> None:
    refused = api.staff.get(USE, query)
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    errors = refused.json()["errors"]
    assert (field, code) in {(error["field"], error["code"]) for error in errors}


def test_what_comes_down_counts_in_the_price_of_a_window_that_is_searched(world: World, api: Callers) -> None:
    asked = {"activity": "filming", "duration": "PT2H", "zone": "arena", "from": WEEK["from"], "to": WEEK["to"]}
    plain, with_media = (
        api.ours.get("modules/see-1/windows/", asked | more).json()["results"][0]["price"]
        for more in ({}, {"media_return_kg": "2.5"})
    )
    line = next(each for each in with_media["lines"] if each["code"] == "media_return_kg")
    assert Decimal(line["quantity"]) == Decimal("2.5")
    booking = world.reserve(span("03-10 10:00"), media_return_kg=Decimal("2.5"))
    assert Decimal(with_media["total"]) - Decimal(plain["total"]) == Decimal(line["amount"])
    assert Decimal(with_media["total"]) == booking.price_total
