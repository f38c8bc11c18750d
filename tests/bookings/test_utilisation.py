"""What was bookable, what was used of it, and how booking went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bookings import lifecycle
from bookings.models import Booking, CancellationTerm, RateCard, User
from bookings.states import Status
from bookings.utilisation import report
from bookings.utilisation.bookable import Covered, without
from modules.intervals import Span, Spans
from modules.models import Activity
from tests.bookings.admin.conftest import shut
from tests.world import NOW, World, span

WEEK = Span(datetime(2027, 3, 8, tzinfo=UTC), datetime(2027, 3, 15, tzinfo=UTC))
AWAKE_H = 15.5  # 06:00 to 21:30
PAGE = reverse("utilisation")


def confirmed(world: World, window: Span, **asked: object) -> Booking:
    booking = world.reserve(window, status=Status.REQUESTED, **asked)
    return lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by loop")


def rows(found, by: str) -> dict[str, object]:
    return {row.name: row for group in found.groups if group.by == by for row in group.rows}


def test_bookable_is_while_the_crew_is_awake(world: World) -> None:
    found = report(world.module, WEEK)
    by_zone = rows(found, "zone")
    assert len(by_zone) == world.module.zones.count()
    assert all(row.bookable_h == pytest.approx(7 * AWAKE_H) for row in by_zone.values())
    assert found.total.bookable_h == pytest.approx(7 * AWAKE_H * len(by_zone))


def test_what_is_closed_is_not_bookable(world: World) -> None:
    shut(world, span("03-10 20:00", 8), zones=[world.module.zones.get(slug="arena")])  # 1.5 h of it awake
    by_zone = rows(report(world.module, WEEK), "zone")
    assert by_zone["Arena"].bookable_h == pytest.approx(7 * AWAKE_H - 1.5)
    assert by_zone["Studio"].bookable_h == pytest.approx(7 * AWAKE_H)


def test_used_is_what_is_confirmed_and_asked_what_is_requested(world: World) -> None:
    confirmed(world, span("03-10 10:00", 3), zones=("arena", "studio"))
    world.reserve(span("03-11 10:00", 2), status=Status.REQUESTED)
    world.reserve(span("03-12 10:00", 2))  # a hold is neither
    found = report(world.module, WEEK)
    arena = rows(found, "zone")["Arena"]
    assert (arena.used_h, arena.asked_h, arena.bookings) == (3, 2, 1)
    assert (found.total.used_h, found.total.bookings) == (6, 1)
    assert arena.share == pytest.approx(3 / (7 * AWAKE_H))


def test_what_lies_outside_the_bookable_time_makes_no_share(world: World) -> None:
    confirmed(world, span("03-10 20:30", 4))
    arena = rows(report(world.module, WEEK), "zone")["Arena"]
    assert (arena.used_h, arena.outside_h) == (1, 3)


def test_a_window_over_the_edge_counts_as_far_as_it_lies_inside(world: World) -> None:
    confirmed(world, span("03-14 21:00", 10))
    assert report(world.module, WEEK).total.used_h == 0.5


def test_by_organisation_activity_and_phase(world: World) -> None:
    confirmed(world, span("03-10 10:00", 3))
    confirmed(world, span("03-11 10:00", 5), by=world.theirs)
    found = report(world.module, WEEK)
    assert [(row.name, row.used_h) for row in next(g for g in found.groups if g.by == "organisation").rows] == [
        ("Borealis Sport", 5),
        ("Aurora Pictures", 3),
    ]
    filming = rows(found, "activity")[str(Activity.FILMING.label)]
    assert filming.used_h == 8
    assert sum(row.used_h for row in rows(found, "phase").values()) == 8
    equipped = [zone for zone in world.module.zones.all() if "filming" in zone.activities]
    assert filming.bookable_h <= 7 * AWAKE_H * len(equipped) + 1e-9


def test_over_time_adds_up_to_the_whole(world: World) -> None:
    confirmed(world, span("03-10 20:00", 14))
    found = report(world.module, WEEK)
    assert len(found.over_time) == 7
    assert sum(row.used_h for row in found.over_time) == pytest.approx(found.total.used_h)
    assert sum(row.bookable_h for row in found.over_time) == pytest.approx(found.total.bookable_h)
    assert sum(row.outside_h for row in found.over_time) == pytest.approx(found.total.outside_h)


def test_figures_say_what_holds_came_to_and_what_was_cancelled(world: World) -> None:
    CancellationTerm.objects.all().delete()
    CancellationTerm.objects.create(card=RateCard.objects.get(), notice=timedelta(days=60), percent=Decimal(50))
    kept = confirmed(world, span("03-10 10:00", 3))
    held = world.reserve(span("03-11 10:00", 2))
    lifecycle.request(actor=world.ours.actor, booking_id=held.pk, at=NOW)
    lifecycle.confirm(actor=world.staff, booking_id=held.pk, at=NOW, concurrence="Axiom")
    lifecycle.cancel(actor=world.ours.actor, booking_id=held.pk, at=NOW)
    world.reserve(span("03-12 10:00", 2))
    figures = report(world.module, WEEK).figures
    assert (figures.made, figures.held, figures.held_then_confirmed) == (3, 2, 1)
    assert (figures.confirmed, figures.confirmed_then_cancelled) == (2, 1)
    assert (figures.conversion, figures.cancellation) == (0.5, 0.5)
    assert figures.lead_median == timedelta(hours=round((kept.starts_at - NOW).total_seconds() / 3600))
    (money,) = figures.money
    held.refresh_from_db()
    assert (money.sold, money.fees) == (kept.price_total, (held.price_total / 2).quantize(Decimal("0.01")))


def test_nothing_booked_and_nothing_flown_is_no_error(world: World) -> None:
    before = Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC))
    found = report(world.module, before)
    assert (found.total.bookable_h, found.total.share, found.figures.conversion) == (0, 0, None)


minutes = st.integers(0, 2000)
spans = st.lists(st.tuples(minutes, st.integers(1, 200)), max_size=12).map(
    lambda found: Spans(
        Span(WEEK.starts_at + timedelta(minutes=a), WEEK.starts_at + timedelta(minutes=a + n)) for a, n in found
    )
)


@given(spans, spans)
def test_taking_away_in_one_pass_is_taking_away(mine: Spans, theirs: Spans) -> None:
    assert without(mine, theirs) == mine - theirs


@given(spans, minutes, st.integers(0, 500))
def test_covered_counts_what_the_intervals_do(mine: Spans, begin: int, length: int) -> None:
    starts_at = WEEK.starts_at + timedelta(minutes=begin)
    ends_at = starts_at + timedelta(minutes=length)
    whole = Spans([Span(starts_at, ends_at)] if length else [])
    covered = Covered(mine)
    (found,) = covered.between(*(_array(each) for each in (starts_at, ends_at)))
    assert found == pytest.approx((mine & whole).total.total_seconds(), abs=1e-3)


def _array(instant: datetime):
    return np.array([instant.timestamp()])


@pytest.fixture
def staff(world: World, client: Client) -> Client:
    client.force_login(world.staff_user)
    return client


def asked(**more: str) -> dict[str, str]:
    return {"start": "2027-03-08", "end": "2027-03-14", **more}


def test_the_page_shows_it_with_a_table_beside_each_plot(staff: Client, world: World) -> None:
    confirmed(world, span("03-10 10:00", 3))
    page = staff.get(PAGE, asked())
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("<table") == 5
    assert "style=" not in text
    assert "Aurora Pictures" in text


def test_the_page_takes_few_queries(staff: Client, world: World, django_assert_max_num_queries) -> None:
    for day in range(10, 16):
        confirmed(world, span(f"03-{day} 10:00", 3))
    with django_assert_max_num_queries(20), time_machine.travel(NOW, tick=False):
        staff.get(PAGE)


def test_the_same_as_csv(staff: Client, world: World) -> None:
    world.ours.organisation.name = "=Aurora"
    world.ours.organisation.save()
    confirmed(world, span("03-10 10:00", 3))
    answer = staff.get(PAGE, asked(format="csv"))
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("by,name,bookable_hours,used_hours")
    assert "zone,Arena,108.50,3.00,2.76,0.00,0.00,1" in lines
    assert any(line.startswith("organisation,'=Aurora,") for line in lines)


@pytest.mark.parametrize(
    "wrong", [{"start": "x"}, {"start": "2027-03-15"}, {"end": "2047-03-15"}, {"end": ""}, {"end": "9999-12-31"}]
)
def test_a_span_that_is_none_is_said(staff: Client, wrong: dict[str, str]) -> None:
    assert staff.get(PAGE, asked() | wrong).status_code == 400


def test_only_staff_come_in_and_only_finance_s_rights_show_money(world: World, client: Client) -> None:
    client.force_login(world.ours.owner)
    assert client.get(PAGE).status_code == 403
    confirmed(world, span("03-10 10:00", 3))
    ruler = User.objects.create_user("rules@see1.example", "a long enough password", is_staff=True)
    client.force_login(ruler)
    assert client.get(PAGE).status_code == 403
    ruler.user_permissions.set(Permission.objects.filter(codename="view_booking"))
    page = client.get(PAGE, asked()).content.decode()
    assert "Revenue" not in page
    assert "USD" not in client.get(PAGE, asked(format="csv")).content.decode()
