"""Who changed what, when, from where, before and after: written by PostgreSQL, whatever way the change takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from bookings import keys, lifecycle
from bookings.models import AuditEntry, Production, RateCard, User
from bookings.tasks import expire_due
from see1 import auditing
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")

NOT_WATCHED = {
    # Lines that are only added, each with its own who and when: they are history themselves.
    "bookings_auditentry", "bookings_transition", "bookings_challenge", "modules_phaserevision",
    "modules_closurerevision", "modules_flightrulesrevision", "modules_trajectoryeventrevision",
    "bookings_schedulerevision", "bookings_revisedbooking",
    # What the application remembers of its own work: queues, answers, what it computed, files as they came.
    "bookings_mail", "bookings_webhookdelivery", "bookings_idempotencyrecord", "modules_computedday",
    "modules_elementfile", "modules_mark", "see1_beatlease",
}  # fmt: skip


def last(thing: object) -> AuditEntry:
    found = AuditEntry.objects.of(thing).first()
    assert found is not None
    return found


def tables() -> set[str]:
    ours = [model for label in ("bookings", "modules", "see1") for model in apps.get_app_config(label).get_models()]
    joins = {field.remote_field.through._meta.db_table for model in ours for field in model._meta.many_to_many}
    return {model._meta.db_table for model in ours} | joins


def test_every_table_is_watched_or_named_here(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audited'")
        watched = {table for (table,) in cursor.fetchall()}
    assert tables() - watched == NOT_WATCHED & tables()
    assert not watched & NOT_WATCHED


def test_a_change_in_the_admin_says_who_from_where_before_and_after(world: World, client: Client) -> None:
    client.force_login(world.staff_user)
    address = reverse("admin:bookings_production_change", args=[world.ours.production.pk])
    form = {"title": "It's 100 % new", "activity": "filming", "organisation": world.ours.organisation.pk}
    said = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_REQUEST_ID": "asked-from-houston"}
    client.post(address, form, **said)
    entry = last(world.ours.production)
    assert (entry.verb, entry.before, entry.after) == (
        "changed",
        {"title": "Aurora Pictures's film"},
        {"title": "It's 100 % new"},
    )
    assert (entry.actor, entry.user_id, entry.via) == ("staff@see1.example", world.staff_user.pk, "admin")
    assert (entry.address, entry.doing) == ("203.0.113.9", f"POST {address}")
    assert entry.request_id == "asked-from-houston"


def test_a_key_is_told_from_its_person(world: World, client: Client) -> None:
    key, plaintext = keys.make_key(
        user=world.ours.owner, organisation=world.ours.organisation, name="Dailies", scopes=["book"], at=NOW
    )
    with time_machine.travel(NOW, tick=False):
        made = client.post(
            "/api/v1/productions/",
            {"title": "Two suns", "activity": "filming"},
            content_type="application/json",
            headers={"authorization": f"Bearer {plaintext}"},
        )
    assert made.status_code == 201, made.content
    entry = last(Production.objects.get(title="Two suns"))
    assert (entry.verb, entry.via, entry.key_id) == ("added", "api", key.pk)
    assert entry.actor == "key “Dailies” of ours@aurora.example"


def test_a_booking_tells_its_zones_and_its_states_and_no_noise(world: World) -> None:
    booking = world.reserve(WINDOW, zones=("arena", "studio"))
    parts = AuditEntry.objects.of(booking).filter(part="zone")
    assert {entry.after["zone_id"] for entry in parts} == set(booking.claims.values_list("zone_id", flat=True))
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    entry = last(booking)
    assert entry.label == booking.reference
    assert (entry.before["status"], entry.after["status"]) == ("held", "requested")
    assert "version" not in entry.after
    assert "updated_at" not in entry.after


def test_what_the_clock_does_is_the_tasks(world: World) -> None:
    booking = world.reserve(WINDOW)
    with time_machine.travel(booking.hold_expires_at, tick=False):
        expire_due.apply()
    entry = last(booking)
    assert entry.after["status"] == "expired"
    assert (entry.actor, entry.via, entry.doing) == ("SEE-1 Bookings", "task", "bookings.tasks.expire_due")


def test_what_goes_past_every_service_is_written_too(world: World) -> None:
    RateCard.objects.update(name="Changed in bulk")
    assert last(RateCard.objects.first()).after == {"name": "Changed in bulk"}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_ratecard SET name = 'By hand' RETURNING 1")
        assert cursor.rowcount == RateCard.objects.count()
    entry = last(RateCard.objects.first())
    assert (entry.before, entry.after) == ({"name": "Changed in bulk"}, {"name": "By hand"})
    assert entry.via == "command"
    assert entry.role


def test_an_update_that_changes_nothing_writes_nothing(world: World) -> None:
    before = AuditEntry.objects.count()
    world.ours.production.save()
    User.objects.update(last_login=NOW)
    assert AuditEntry.objects.count() == before


def test_secrets_stay_secret(world: World) -> None:
    world.ours.owner.set_password("another long password")
    world.ours.owner.save()
    entry = last(world.ours.owner)
    assert (entry.before, entry.after) == ({"password": "(secret)"}, {"password": "(secret)"})
    key, _ = keys.make_key(
        user=world.ours.owner, organisation=world.ours.organisation, name="Dailies", scopes=["book"], at=NOW
    )
    assert last(key).after["sha256"] == "(secret)"


def test_rights_that_are_given_and_taken_are_told(world: World) -> None:
    group = Group.objects.create(name="Visitors")
    world.staff_user.groups.add(group)
    given = last(world.staff_user)
    assert (given.verb, given.part, given.after["group_id"]) == ("added", "group", group.pk)
    world.staff_user.groups.remove(group)
    assert last(world.staff_user).verb == "deleted"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE bookings_auditentry SET actor = 'nobody'",
        "DELETE FROM bookings_auditentry",
    ],
)
def test_nobody_changes_or_deletes_a_line(world: World, sql: str) -> None:
    count = AuditEntry.objects.count()
    assert count
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.count() == count


def test_nobody_empties_it(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE bookings_auditentry ENABLE TRIGGER audit_is_never_emptied")
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            cursor.execute("TRUNCATE bookings_auditentry")
    assert AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_said_of_one_transaction_is_gone_after_it() -> None:
    """Behind a pooler, the next to use the connection is somebody else."""
    Group.objects.create(name="Visitors")
    assert AuditEntry.objects.filter(model="auth.group").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('see1.audit', true), '')")
        assert cursor.fetchone() == ("",)


def test_an_odd_address_stops_nothing(world: World, client: Client) -> None:
    with auditing_of("/accounts/%00\ud800'%s/"):
        Group.objects.create(name="Visitors")
    assert AuditEntry.objects.get(model="auth.group", label="Visitors").doing.startswith("GET /accounts/")


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/confirm-email/{}/",
        "/accounts/password/reset/key/2k-{}/",
        "/invitations/{}/",
        "/calendar/{}.ics",
    ],
)
def test_an_address_that_is_a_key_is_not_written_down(world: World, path: str) -> None:
    with auditing_of(path.format("MTc6aGVsbG8:1sXyZq:longer-than-a-word")):
        Group.objects.create(name="Visitors")
    doing = AuditEntry.objects.get(model="auth.group", label="Visitors").doing
    assert doing == f"GET {path.format('[redacted]')}"


@contextmanager
def auditing_of(path: str) -> Iterator[None]:
    """As while a request to `path` is answered."""
    request = RequestFactory().get("/")
    request.path = unquote(path)
    token = auditing._asking.set(request)
    try:
        yield
    finally:
        auditing._asking.reset(token)
