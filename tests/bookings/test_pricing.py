"""What a window costs: the most exact rate, seasons, media return, taxes; and the quote on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from bookings import lifecycle
from bookings.models import CancellationTerm, Rate, RateCard, Season
from bookings.states import Status
from modules.models import Zone
from tests.world import NOW, World, span

HIGH = (date(2027, 3, 10), date(2027, 3, 12))


def card() -> RateCard:
    return RateCard.objects.get()


def season(name: str = "High", starts_on: date = HIGH[0], ends_on: date = HIGH[1]) -> Season:
    return Season.objects.create(card=card(), name=name, starts_on=starts_on, ends_on=ends_on)


def per_hour(world: World, start: str, **asked: object) -> Decimal:
    quote = lifecycle.quote(actor=world.ours.actor, draft=world.draft(span(start), **asked), at=NOW)
    return next(line.unit_amount for line in quote.lines if line.code == "zone_hour")


@pytest.mark.parametrize(
    ("start", "amount"),
    [
        ("03-09 23:00", "56000.00"),  # begins the day before, though it lasts into it
        ("03-10 00:00", "90000.00"),
        ("03-12 23:30", "90000.00"),
        ("03-13 00:00", "56000.00"),
    ],
)
def test_a_season_prices_what_starts_on_one_of_its_days(world: World, start: str, amount: str) -> None:
    arena = Zone.objects.get(slug="arena")
    Rate.objects.create(card=card(), per="zone_hour", zone=arena, season=season(), amount=Decimal(90000))
    assert per_hour(world, start) == Decimal(amount)


def test_the_zone_beats_the_season_and_the_later_season_the_earlier(world: World) -> None:
    everywhere = Rate.objects.create(card=card(), per="zone_hour", season=season(), amount=Decimal(1))
    assert per_hour(world, "03-11 10:00") == Decimal("56000.00")
    Rate.objects.filter(zone__isnull=False).delete()
    assert per_hour(world, "03-11 10:00") == everywhere.amount
    later = season("Peak", date(2027, 3, 11), date(2027, 3, 11))
    Rate.objects.create(card=card(), per="zone_hour", season=later, amount=Decimal(2))
    assert per_hour(world, "03-11 10:00") == 2
    assert per_hour(world, "03-12 10:00") == 1


def test_a_rate_in_a_season_is_said_once_and_of_its_own_card(world: World) -> None:
    found = season()
    Rate.objects.create(card=card(), per="booking", season=found, amount=Decimal(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.create(card=card(), per="booking", season=found, amount=Decimal(2))
    other = RateCard.objects.create(module=world.module, name="Other", valid_from=NOW)
    with pytest.raises(ValidationError):
        Rate(card=other, per="booking", season=found, amount=Decimal(1)).clean()


def test_media_that_come_down_are_a_line(world: World) -> None:
    draft = world.draft(span("03-10 10:00"), media_return_kg=Decimal("2.5"))
    quote = lifecycle.quote(actor=world.ours.actor, draft=draft, at=NOW)
    line = next(line for line in quote.lines if line.code == "media_return_kg")
    assert (line.quantity, line.unit_amount, line.amount) == (Decimal("2.5"), Decimal(40000), Decimal(100000))
    booking = world.reserve(span("03-10 10:00"), media_return_kg=Decimal("2.5"))
    booking.refresh_from_db()
    assert (booking.media_return_kg, booking.price_total) == (Decimal("2.5"), quote.total)
    changed = lifecycle.change(
        actor=world.ours.actor, booking_id=booking.pk, changes={"media_return_kg": Decimal(0)}, at=NOW
    )
    assert changed.price_total == quote.total - line.amount


def test_tax_is_the_last_line_and_part_of_the_total(world: World) -> None:
    net = lifecycle.quote(actor=world.ours.actor, draft=world.draft(span("03-10 10:00")), at=NOW)
    RateCard.objects.update(tax_name="VAT", tax_percent=Decimal("7.7"))
    gross = lifecycle.quote(actor=world.ours.actor, draft=world.draft(span("03-10 10:00")), at=NOW)
    tax = gross.lines[-1]
    assert (tax.code, tax.amount) == ("tax", (net.total * Decimal("0.077")).quantize(Decimal("0.01")))
    assert gross.total == net.total + tax.amount == sum(line.amount for line in gross.lines)
    assert tax.description == f"VAT, 7.7 % of {net.total:,.2f}"


def test_a_tax_has_a_name(world: World) -> None:
    with pytest.raises(IntegrityError):
        RateCard.objects.update(tax_percent=5)


def test_a_booking_keeps_the_card_it_was_quoted_with(world: World) -> None:
    booking = world.reserve(span("03-10 10:00"))
    first = booking.rate_card
    newer = RateCard.objects.create(module=world.module, name="Newer", valid_from=NOW)
    Rate.objects.create(card=newer, per="booking", amount=Decimal(1))
    changes = {"crew": 1}
    quoted = lifecycle.quote_change(actor=world.ours.actor, booking_id=booking.pk, changes=changes, at=NOW)
    changed = lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=changes, at=NOW)
    assert changed.rate_card == first
    assert changed.price == quoted
    assert world.reserve(span("03-11 10:00")).rate_card == newer


def test_the_quote_can_be_had_on_paper_by_who_may_see_the_booking(world: World, client: Client) -> None:
    world.ours.organisation.name = "Студия «Вега» & Ñandú"
    world.ours.organisation.save()
    RateCard.objects.update(tax_name="VAT", tax_percent=20)
    booking = world.reserve(span("03-10 10:00"), status=Status.REQUESTED, crew=2)
    address = reverse("booking_quote", args=[booking.pk])
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert f"quote-{booking.reference}.pdf" in answer["Content-Disposition"]
        assert address in client.get(reverse("booking", args=[booking.pk])).content.decode()
        client.force_login(world.theirs.owner)
        assert client.get(address).status_code == 404


def test_a_new_card_gets_the_standard_terms_in_the_admin(world: World, client: Client) -> None:
    form = {"module": world.module.pk, "currency": "EUR", "name": "Winter", "valid_from_0": "2027-11-01",
            "valid_from_1": "00:00", "tax_percent": "0"}  # fmt: skip
    for prefix in ("rates", "seasons", "cancellation_terms"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.staff_user)
        answer = client.post(reverse("admin:bookings_ratecard_add"), form)
    assert answer.status_code == 302, answer.context["errors"]
    percents = CancellationTerm.objects.filter(card__name="Winter").values_list("percent", flat=True)
    assert sorted(percents) == [25, 50, 100]
