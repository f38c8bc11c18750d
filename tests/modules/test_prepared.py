"""Prepared statements give and keep just what the ORM's own would."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F
from django.test.utils import CaptureQueriesContext

from bookings.models import ApiKey, Booking, IdempotencyRecord, Mail, Membership, Production, Transition
from modules.prepared import AnyOf, Insert, Prepared, Slot, insert_together
from tests.world import NOW, World, build, span

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


def own_productions() -> Prepared[Production]:
    return Prepared(
        lambda: (
            Production.objects.select_related("organisation")
            .filter(AnyOf(F("organisation_id"), Slot("organisations")))
            .order_by("title")
        )
    )


def test_a_prepared_query_gives_what_the_query_gives_each_time_with_other_values(world: World) -> None:
    prepared = own_productions()
    ours, theirs = world.ours.organisation, world.theirs.organisation
    for wanted in ([ours.pk], [theirs.pk], [ours.pk, theirs.pk], []):
        asked = Production.objects.filter(organisation__in=wanted).order_by("title")
        assert prepared.all(organisations=wanted) == list(asked)
    assert prepared.first(organisations=[]) is None


def test_related_models_come_with_the_row(world: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = own_productions().first(organisations=[world.ours.organisation.pk])
        assert found is not None
        assert found.organisation == world.ours.organisation
        assert found.organisation.time_zone == "Europe/Rome"
    assert len(asked) == 1


def test_every_field_of_a_model_reads_as_the_orm_reads_it(world: World) -> None:
    """JSON, arrays, decimals, durations: whatever Django turns into something else on its way."""
    booking = world.reserve(span("03-10 10:00"), crew=2, power_kw="1.50", zones=("arena", "studio"))
    read = Prepared[Booking](lambda: Booking.objects.select_related("phase__rules").filter(pk=Slot("pk")))
    found, expected = read.first(pk=booking.pk), Booking.objects.select_related("phase__rules").get(pk=booking.pk)
    assert found is not None
    for one, other in ((found, expected), (found.phase.rules, expected.phase.rules)):
        for field in one._meta.concrete_fields:
            value = getattr(one, field.attname)
            assert value == getattr(other, field.attname), field.name
            assert type(value) is type(getattr(other, field.attname)), field.name


def test_annotations_come_along(world: World) -> None:
    counted = Prepared[Production](lambda: Production.objects.annotate(size=Count("bookings")).filter(pk=Slot("pk")))
    world.reserve(span("03-10 10:00"))
    found: Any = counted.first(pk=world.ours.production.pk)
    assert found.size == 1


def test_what_a_prepared_query_cannot_do_it_refuses(world: World) -> None:
    with pytest.raises(TypeError, match="prefetches nothing"):
        Prepared(lambda: Production.objects.prefetch_related("bookings")).all()


def test_a_slot_without_a_value_is_an_error(world: World) -> None:
    with pytest.raises(KeyError, match="organisations"):
        own_productions().all()


def test_inserted_rows_read_back_as_they_were_given(world: World) -> None:
    booking = world.reserve(span("03-10 10:00"))
    record = IdempotencyRecord(
        caller="key:1",
        key="“quoted” % key",
        fingerprint="f" * 64,
        status_code=201,
        headers={"Content-Type": "application/json", "%s": "'"},
        body='{"a": "text, not an object"}',
        created_at=NOW,
    )
    key = ApiKey(user=world.ours.owner, name="k", sha256="0" * 64, scopes=["read", "book"], created_at=NOW)
    line = Transition(booking=booking, at=NOW, action="create", to_status="held", actor="a", via="api", detail={"n": 1})
    insert_together((Insert(IdempotencyRecord), [record]), (Insert(ApiKey), [key]), (Insert(Transition), [line]))
    kept = IdempotencyRecord.objects.get(key=record.key)
    assert (kept.headers, kept.body, kept.created_at) == (record.headers, record.body, NOW)
    assert ApiKey.objects.get(sha256=key.sha256).scopes == ["read", "book"]
    assert Transition.objects.filter(booking=booking).latest("pk").detail == {"n": 1}
    assert not line._state.adding


def test_the_database_fills_in_what_is_its_own_and_says_it(world: World) -> None:
    first = world.reserve(span("03-10 10:00"))
    second = world.reserve(span("03-11 10:00"), power_kw="2.25")
    assert isinstance(second.arrival, int)
    assert second.arrival > first.arrival
    kept = Booking.objects.get(pk=second.pk)
    assert (kept.arrival, kept.power_kw, kept.checked) == (second.arrival, Decimal("2.25"), {})


def test_conflicts_are_left_out_where_that_was_asked_for(world: World) -> None:
    booking, at = world.reserve(span("03-10 10:00")), datetime(2027, 3, 2, tzinfo=UTC)

    def mail() -> Mail:
        return Mail(booking=booking, recipient=world.ours.owner, kind="k", once_key="once", due_at=at, created_at=at)

    insert_together((Insert(Mail, ignore_conflicts=True), [mail(), mail()]))
    insert_together((Insert(Mail, ignore_conflicts=True), [mail()]))
    assert Mail.objects.filter(once_key="once").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together((Insert(Mail), [mail()]))


def test_all_of_a_message_is_written_or_nothing(world: World) -> None:
    stranger = Membership(organisation=world.ours.organisation, user=world.theirs.owner)
    twice = Membership(organisation=world.ours.organisation, user=world.ours.owner)
    before = Membership.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together((Insert(Membership), [stranger]), (Insert(Membership), [twice]))
    assert Membership.objects.count() == before


def test_nothing_to_insert_is_no_statement(world: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        insert_together((Insert(Mail), []))
    assert len(asked) == 0


def test_a_row_may_name_one_that_comes_after_it(world: World) -> None:
    production = Production(
        pk=uuid.uuid4(), organisation=world.ours.organisation, title="New", activity="music", created_at=NOW
    )
    booking = world.reserve(span("03-10 10:00"))
    booking.pk, booking.production, booking.reference, booking.arrival = uuid.uuid4(), production, "NEW-1", 77
    insert_together((Insert(Booking), [booking]), (Insert(Production), [production]))
    assert Booking.objects.get(pk=booking.pk).production == production
