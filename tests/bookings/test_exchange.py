"""Tables in and out: what comes out goes in again unchanged, and a dry run says just what an import does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bookings import actors, lifecycle
from bookings.exceptions import NotAllowed
from bookings.exchange import FORMATS, SHEETS, read, run, write
from bookings.exchange.tables import Row
from bookings.models import AuditEntry, Booking, Mail, Production, Rate, RateCard, Transition, User
from bookings.states import Status
from modules.exceptions import ImportRefused
from modules.models import Closure, Zone
from tests.bookings.admin.conftest import shut
from tests.bookings.tables import booking_row, go, verbs
from tests.world import NOW, World, span


def sample(world: World) -> None:
    world.reserve(span("03-10 10:00"), zones=("arena", "studio"), power_kw="2.5")
    asked = world.reserve(span("03-11 10:00"), status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=asked.pk, at=NOW, concurrence="Axiom, by loop")
    shut(world, span("03-12 10:00"), zones=[world.module.zones.get(slug="arena")])
    Production.objects.filter(pk=world.theirs.production.pk).update(title="=1+1")
    world.reserve(span("03-13 10:00"), by=world.theirs)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", SHEETS)
def test_what_comes_out_goes_in_again_and_changes_nothing(world: World, name: str, kind: str) -> None:
    sample(world)
    sheet = SHEETS[name]
    rows = list(sheet.rows(None))
    assert rows
    assert {*rows[0]} <= {*sheet.columns}
    back = read(f"x.{kind}", write(kind, sheet.columns, rows))
    assert [{k: v for k, v in row.items() if v} for row in back] == [
        {k: v for k, v in row.items() if v} for row in rows
    ]
    before = Transition.objects.count()
    outcome = go(world, name, *back)
    assert set(verbs(outcome)) == {"unchanged"}, outcome.effects
    assert Transition.objects.count() == before


def test_bookings_are_made_by_lifecycle(world: World) -> None:
    outcome = go(
        world,
        "bookings",
        booking_row(world),
        booking_row(world, "2027-03-11T10:00:00Z", "2027-03-11T12:00:00Z", status="confirmed", concurrence="Axiom"),
    )
    assert outcome.kept
    held, confirmed = Booking.objects.order_by("starts_at")
    assert (held.status, confirmed.status) == ("held", "confirmed")
    assert confirmed.concurrence == "Axiom"
    assert set(Transition.objects.values_list("via", flat=True)) == {"import"}
    assert Mail.objects.filter(booking=confirmed).exists()


def test_a_dry_run_says_it_and_leaves_nothing(world: World) -> None:
    rows = [booking_row(world), booking_row(world)]
    audited = AuditEntry.objects.count()
    shown = go(world, "bookings", *rows, keep=False)
    assert not shown.kept
    assert not Booking.objects.exists()
    assert not Mail.objects.exists()
    assert AuditEntry.objects.count() == audited
    assert shown.effects[1].details[0] == "held, rank 2"
    done = go(world, "bookings", *rows)
    assert done.effects == shown.effects
    assert Booking.objects.count() == 2


def test_one_refused_row_keeps_all_out_and_says_why(world: World) -> None:
    world.reserve(span("03-10 10:00"), by=world.theirs, status=Status.REQUESTED)
    outcome = go(
        world,
        "bookings",
        booking_row(world, "2027-03-15T10:00:00Z", "2027-03-15T12:00:00Z"),
        booking_row(world, status="requested"),
        booking_row(world, "2027-03-01T13:00:00Z", "2027-03-01T14:00:00Z"),
        booking_row(world, zones="attic"),
        booking_row(world, production="Another film"),
    )
    assert verbs(outcome) == ["added", "refused", "refused", "refused", "refused"]
    assert not outcome.kept
    assert not Booking.objects.filter(organisation=world.ours.organisation).exists()
    assert "at least 2 days before a window starts" in str(outcome.effects[2].details)
    assert "no zone “attic”" in outcome.effects[3].details[0]


def test_a_booking_is_moved_and_confirmed_by_its_reference(world: World) -> None:
    held = world.reserve(span("03-10 10:00"))
    row = booking_row(
        world, "2027-03-10T10:00:00Z", "2027-03-10T11:30:00Z", reference=held.reference, status="requested"
    )
    outcome = go(world, "bookings", row)
    assert verbs(outcome) == ["changed"]
    assert outcome.effects[0].details == (
        "ends at: 2027/069 12:00 GMT → 2027/069 11:30 GMT",
        "held → requested",
    )
    held.refresh_from_db()
    assert (held.status, held.ends_at.hour) == ("requested", 11)
    refused = go(world, "bookings", {**row, "status": "cancelled"})
    assert verbs(refused) == ["refused"]


def test_closures_go_through_replanning_and_flag_bookings(world: World) -> None:
    booking = world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
    row = {
        "kind": "maintenance", "starts_at": "2027-03-10T09:00:00Z", "ends_at": "2027-03-10T11:00:00Z",
        "zones": "", "reason": "Filters.",
    }  # fmt: skip
    shown = go(world, "closures", row, keep=False)
    assert shown.effects[0].details == ("1 booking flagged for attention.",)
    assert not Closure.objects.exists()
    assert go(world, "closures", row).kept
    booking.refresh_from_db()
    assert booking.attention == ["closure"]
    assert verbs(go(world, "closures", {**row, "reason": ""})) == ["refused"]


def test_rates_are_added_changed_and_their_card_made(world: World) -> None:
    card = RateCard.objects.get()
    crew = {"card": card.name, "per": "crew_hour", "amount": "140000"}
    outcome = go(
        world,
        "rates",
        crew,
        {"card": "Winter", "currency": "EUR", "valid_from": "2027-11-01T00:00:00Z", "per": "booking", "amount": "100"},
        {"card": "Winter", "per": "crew_hour", "amount": "90.50"},
    )
    assert verbs(outcome) == ["changed", "added", "added"]
    assert outcome.effects[0].details == ("130000.00 → 140000.00 USD",)
    assert Rate.objects.get(card=card, per="crew_hour").amount == Decimal("140000.00")
    winter = RateCard.objects.get(name="Winter")
    assert (winter.currency, winter.rates.count()) == ("EUR", 2)
    for wrong in ({"amount": "-1"}, {"amount": "x"}, {"per": "mile"}, {"zone": "attic"}, {"currency": "EUR"}):
        assert verbs(go(world, "rates", crew | wrong)) == ["refused"], wrong


def test_zones_are_added_and_what_they_are_equipped_for_is_checked_anew(world: World) -> None:
    booking = world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
    arena = Zone.objects.get(slug="arena")
    outcome = go(
        world,
        "zones",
        {"slug": "arena", "name": arena.name, "activities": "sports"},
        {"slug": "dome", "name": "Dome", "activities": "music, sports"},
    )
    assert verbs(outcome) == ["changed", "added"]
    assert Zone.objects.get(slug="dome").activities == ["music", "sports"]
    assert "activities" in outcome.effects[0].details[0]
    booking.refresh_from_db()
    assert verbs(go(world, "zones", {"slug": "no slug", "name": "X", "activities": "music"})) == ["refused"]


def test_only_who_may_do_it_on_the_pages_imports(world: World) -> None:
    clerk = User.objects.create_user("clerk@see1.example", "a long enough password", is_staff=True)
    actor = actors.person(clerk, via="import")
    with pytest.raises(NotAllowed):
        run(SHEETS["rates"], [{"card": "x", "per": "booking", "amount": "1"}], actor=actor, at=NOW)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", b"a,b\n1,2"),
        ("x.csv", b"\xff\xfe\x00"),
        ("x.csv", b""),
        ("x.csv", b"per,per\n1,2"),
        ("x.csv", b"card,per,amount\n"),
        ("x.csv", b"card,per\n" + b"a,b\n" * 2001),
        ("x.xlsx", b"not a workbook"),
        ("x.xlsx", b"PK\x03\x04 nor this"),
        ("x.json", b"{"),
        ("x.json", b'{"a": 1}'),
        ("x.json", b"[1, 2]"),
        ("x.json", b"\xff"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(name: str, content: bytes) -> None:
    with pytest.raises(ImportRefused):
        read(name, content)


@pytest.mark.parametrize("row", [{"card": "x", "per": "booking", "amount": "1", "prise": "2"}, {"card": "x"}])
def test_columns_that_are_unknown_or_lacking_are_named(world: World, row: Row) -> None:
    with pytest.raises(ImportRefused, match=r"prise|lacks the column"):
        go(world, "rates", row)


def test_semicolons_and_a_byte_order_mark_are_read() -> None:
    assert read("x.csv", "\ufeffcard;per\nA;b\n".encode()) == [{"card": "A", "per": "b"}]
