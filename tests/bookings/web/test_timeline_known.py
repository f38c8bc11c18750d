"""304 only where nothing changed: every way to change what the timeline shows is seen by who asks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings import lifecycle, tasks
from bookings.models import Booking, Membership, Production
from bookings.states import Status
from modules import marks, operations
from modules.models import Closure, DownlinkProvider, Mark, OrbitElements, Place, Relay
from modules.tasks import fold_marks
from tests.bookings.web.conftest import browser
from tests.world import NOW, World, span

WEEK = span("03-08 00:00", 7 * 24)
ASKED = {"from": "2027-03-08T00:00:00Z", "to": "2027-03-15T00:00:00Z", "resolution": "P1D", "place": "rome"}
LATER = NOW + timedelta(minutes=5)


def ask(client: Client, etag: str = "", **query: str) -> HttpResponse:
    headers = {"If-None-Match": etag} if etag else {}
    response: HttpResponse = client.get("/timeline/data/", {**ASKED, **query}, headers=headers)
    assert response.status_code in {200, 304}, response.content
    return response


@dataclass
class Scene:
    """A week in which something of every kind stands."""

    world: World
    held: Booking
    waiting: Booking
    requested: Booking
    confirmed: Booking
    closure: Closure

    @property
    def said(self) -> dict[str, Any]:
        return {"at": LATER, "by": "Staff", "reason": "because"}


@pytest.fixture
def scene(world: World) -> Scene:
    requested = world.reserve(span("03-11 10:00"), status=Status.REQUESTED)
    confirmed = world.reserve(span("03-12 10:00"), status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=confirmed.pk, concurrence="A, by mail", at=NOW)
    closure = operations.declare_closure(
        module=world.module, kind="eva", starts_at=WEEK.starts_at, ends_at=WEEK.starts_at + timedelta(hours=2),
        reason="planned", at=NOW, by="Staff",
    ).subject  # fmt: skip
    return Scene(
        world,
        held=world.reserve(span("03-10 10:00")),
        waiting=world.reserve(span("03-10 11:00"), by=world.theirs),
        requested=requested,
        confirmed=confirmed,
        closure=closure,
    )


def _rules(scene: Scene) -> None:
    phase = scene.world.module.phases.with_rules().get(kind="docked")
    phase.rules.crew_wake = phase.rules.crew_wake.replace(hour=5)
    phase.rules.save()


def _slip(scene: Scene) -> None:
    phase = scene.world.module.phases.get(kind="docked")
    operations.revise_phase(
        phase_id=phase.pk, starts_at=phase.starts_at, ends_at=WEEK.ends_at, certainty=phase.certainty, **scene.said
    )


def _newer_elements(scene: Scene) -> None:
    newer = OrbitElements.objects.accepted().filter(module=scene.world.module, phase_kind="docked").first()
    assert newer is not None
    newer.pk, newer.epoch, newer.raan_degrees = None, span("03-10 00:00").starts_at, newer.raan_degrees + 40
    newer.save()


def _at_once(booking: str, **changed: Any) -> Callable[[Scene], Any]:
    """A change by nobody's service: what is looked at is the tables, not the doors to them."""
    return lambda scene: Booking.objects.filter(pk=getattr(scene, booking).pk).update(**changed)


def _by_staff(deed: Callable[..., Any], booking: str, **said: Any) -> Callable[[Scene], Any]:
    return lambda s: deed(actor=s.world.staff, booking_id=getattr(s, booking).pk, at=LATER, **said)


WAYS: dict[str, Callable[[Scene], Any]] = {
    "hold": lambda s: s.world.reserve(span("03-09 10:00")),
    "another's hold": lambda s: s.world.reserve(span("03-09 10:00"), by=s.world.theirs),
    "request": _by_staff(lifecycle.request, "held"),
    "confirm": _by_staff(lifecycle.confirm, "requested", concurrence="B"),
    "decline": _by_staff(lifecycle.decline, "requested", reason="no"),
    "cancel": _by_staff(lifecycle.cancel, "confirmed"),
    "release, and who waits moves up": _by_staff(lifecycle.release, "held"),
    "another's release": _by_staff(lifecycle.release, "waiting"),
    "move": _by_staff(
        lifecycle.change,
        "held",
        changes={"starts_at": span("03-13 10:00").starts_at, "ends_at": span("03-13 10:00").ends_at},
    ),
    "move away": _by_staff(
        lifecycle.change,
        "held",
        changes={"starts_at": span("03-25 10:00").starts_at, "ends_at": span("03-25 10:00").ends_at},
    ),
    "a hold's lapse": lambda s: lifecycle.expire_due(at=s.held.hold_expires_at),
    "completion": lambda s: lifecycle.complete_past(at=s.confirmed.ends_at),
    "attention": _at_once("held", attention=["closure"]),
    "deletion": lambda s: s.waiting.delete(),
    "rename": lambda s: Production.objects.filter(pk=s.world.ours.production.pk).update(title="B"),
    "closure": lambda s: operations.declare_closure(
        module=s.world.module, kind="reboost", starts_at=span("03-14 00:00").starts_at,
        ends_at=span("03-14 01:00").starts_at, **s.said,
    ),
    "withdrawal": lambda s: operations.withdraw_closure(closure_id=s.closure.pk, **s.said),
    "closure of a zone alone": lambda s: s.closure.zones.set(s.world.module.zones.filter(slug="studio")),
    "phase": _slip,
    "rules": _rules,
    "zone": lambda s: s.world.module.zones.filter(slug="arena").update(name="Hall"),
    "elements": _newer_elements,
    "elements gone": lambda s: OrbitElements.objects.update(status="quarantined"),
    "relay": lambda s: Relay.objects.all().delete(),
    "provider": lambda s: DownlinkProvider.objects.all().delete(),
    "place": lambda s: Place.objects.filter(slug="rome").update(name="Roma", latitude=10),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_who_asks_again_sees_every_change(scene: Scene, ours: Client, way: str) -> None:
    first = ask(ours)
    assert ask(ours, first["ETag"]).status_code == 304
    WAYS[way](scene)
    again = ask(ours, first["ETag"])
    assert (again.status_code, again["ETag"] != first["ETag"]) == (200, True)
    assert again.content != first.content, "This changes nothing, so it shows nothing."
    assert ask(ours, again["ETag"]).status_code == 304


def test_until_it_is_swept_a_lapsed_hold_stands(scene: Scene, ours: Client, time_machine: Any) -> None:
    first = ask(ours)
    time_machine.move_to(scene.held.hold_expires_at + timedelta(seconds=1), tick=False)
    assert ask(ours, first["ETag"]).status_code == 304
    assert ask(ours).content == first.content
    assert tasks.expire_due()
    assert ask(ours, first["ETag"]).status_code == 200


def test_what_is_rolled_back_and_what_is_elsewhere_changes_nothing(scene: Scene, ours: Client) -> None:
    first = ask(ours)
    with transaction.atomic():
        scene.world.reserve(span("03-09 10:00"))
        assert ask(ours, first["ETag"]).status_code == 200
        transaction.set_rollback(True)
    scene.world.reserve(span("03-16 10:00"))
    assert ask(ours, first["ETag"]).status_code == 304


def test_one_reader_s_answer_is_never_another_s(scene: Scene, ours: Client, theirs: Client, staff: Client) -> None:
    said = {name: ask(client) for name, client in {"ours": ours, "theirs": theirs, "staff": staff}.items()}
    assert len({response["ETag"] for response in said.values()}) == 3
    for response in said.values():
        found = {client: ask(client, response["ETag"]).status_code for client in (ours, theirs, staff)}
        assert sorted(found.values()) == [200, 200, 304]


def test_another_organisation_role_language_or_question_is_another_answer(scene: Scene, ours: Client) -> None:
    etag = ask(ours)["ETag"]
    assert ask(ours, etag, place="").status_code == 200
    assert ask(ours, etag, to="2027-03-14T00:00:00Z").status_code == 200
    assert ask(ours, etag, resolution="PT1H").status_code == 200
    owner = scene.world.ours.owner
    type(owner).objects.filter(pk=owner.pk).update(language="fr")
    assert ask(ours, etag).status_code == 200
    type(owner).objects.filter(pk=owner.pk).update(language="en")
    assert ask(ours, etag).status_code == 304
    membership = Membership.objects.create(user=owner, organisation=scene.world.theirs.organisation, role="viewer")
    Membership.objects.filter(user=owner).exclude(pk=membership.pk).delete()
    assert ask(browser(owner), etag).status_code == 200


def test_folded_marks_are_another_mark(scene: Scene, ours: Client) -> None:
    """Else what was seen before the first of them would seem to be still so."""
    before = ask(ours)["ETag"]
    assert fold_marks() > 1
    assert ask(ours, before).status_code == 200
    folded = ask(ours)["ETag"]
    assert fold_marks() == 0
    assert ask(ours, folded).status_code == 304
    seen = marks.seen("see-1", WEEK)
    assert seen is not None
    assert seen.of_days
    assert not Mark.objects.values("module_id", "day").distinct().count() - Mark.objects.count()


def test_what_is_unchanged_costs_four_short_questions(scene: Scene, ours: Client) -> None:
    etag = ask(ours)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        assert ask(ours, etag).status_code == 304
    assert len(asked) <= 4, [query["sql"][:100] for query in asked.captured_queries]
