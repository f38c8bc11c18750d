"""Who may do what: every endpoint of the API, by every method, for every kind of caller, as the table has it.

`permissions.txt` is the table: a row for each route and method, a column for each caller, the status that is
answered. The rows are made from the routes themselves, so a new route without its row fails here. Everything that is
asked for belongs to one organisation; the rival belongs to another, and is told that there is no such thing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from bookings import lifecycle, replanning, saved_searches
from bookings.feeds import feed_for
from bookings.invitations import invite
from bookings.keys import make_key
from bookings.models import Booking, Membership, Proposal, Role, ScheduleRevision, Scope, User, WebhookDelivery
from bookings.search import SearchRequest
from bookings.states import Status
from bookings.webhooks import add_endpoint
from modules import operations
from tests.callers import Caller
from tests.world import NOW, World, span

TABLE = Path(__file__).with_name("permissions.txt")
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
CALLERS = ("nobody", "reader", "viewer", "booker", "rival", "groupless", "staff")
"""`groupless` is staff in no group, `staff` a superuser."""
OPEN = {"api-schema", "api-docs", "api-problems"}
"""Documents for everybody, which are no endpoints."""


class Scene:
    """Something of everything, all of it ours, and whoever might ask for it."""

    def __init__(self, world: World) -> None:
        self.world = world
        ours = world.ours
        viewer = User.objects.create_user("viewer@aurora.example", "a long enough password")
        Membership.objects.create(organisation=ours.organisation, user=viewer, role=Role.VIEWER)
        groupless = User.objects.create_user("idle@see1.example", "a long enough password", is_staff=True)
        browser = Caller()
        browser.client.force_login(viewer)

        def key(user: User, organisation: Any, *scopes: str) -> Caller:
            made = make_key(user=user, organisation=organisation, name="x", at=NOW, scopes=scopes or list(Scope))
            return Caller(made[1])

        self.callers = {
            "nobody": Caller(),
            "reader": key(ours.owner, ours.organisation, Scope.READ),
            "viewer": browser,
            "booker": key(ours.owner, ours.organisation),
            "rival": key(world.theirs.owner, world.theirs.organisation),
            "groupless": key(groupless, None),
            "staff": key(world.staff_user, None),
        }
        self.held = world.reserve(span("03-10 10:00"))
        self.requested = world.reserve(span("03-11 10:00"), status=Status.REQUESTED)
        world.reserve(span("03-12 10:00"), by=world.theirs)
        self.waiting = world.reserve(span("03-12 10:00"))
        self.endpoint = add_endpoint(organisation=ours.organisation, url="https://ours.example/", events=[], at=NOW)
        self.delivery = WebhookDelivery.objects.create(
            endpoint=self.endpoint, booking=self.held, event="booking.held", payload={}, due_at=NOW, created_at=NOW
        )
        self.search = saved_searches.save(
            actor=ours.actor,
            name="Nights",
            request=SearchRequest(world.module, "filming", timedelta(hours=2), span("03-10 00:00", 24)),
            organisation_id=ours.organisation.pk,
            at=NOW,
        )
        invited = {"organisation_id": ours.organisation.pk, "email": "new@aurora.example", "role": Role.VIEWER}
        self.invitation = invite(ours.actor, **invited, at=NOW)
        self.viewer_id = viewer.pk
        self.proposal = self._offered()
        self.feed = feed_for(ours.actor, organisation_id=ours.organisation.pk, at=NOW)

    def _offered(self) -> Proposal:
        """Another window for a booking that a closure touches: after a revision of the schedule, too."""
        booking, shut = self.world.reserve(span("03-25 10:00")), span("03-25 08:00", 6)
        when = {"starts_at": shut.starts_at, "ends_at": shut.ends_at}
        change = partial(
            operations.declare_closure, module=self.world.module, kind="visiting_vehicle", zones=[], **when
        )
        replanning.apply(self.world.module, change, reason="Progress docks.", actor=self.world.staff, at=NOW)
        said = {"reason": "Progress docks.", "answer_by": NOW + timedelta(days=3), "actor": self.world.staff, "at": NOW}
        planned = replanning.plan(self.world.module, [booking.pk], **said)
        replanning.offer(planned.pk, actor=self.world.staff, at=NOW)
        proposal: Proposal = planned.proposals.get()
        return proposal

    def booking_for(self, name: str) -> Booking:
        return {
            "api-booking-confirm": self.requested,
            "api-booking-decline": self.requested,
            "api-booking-cancel": self.requested,
            "api-booking-challenge": self.waiting,
        }.get(name, self.held)

    def version_for(self, name: str) -> str:
        return str(self.proposal.etag if name.startswith("api-proposal-") else self.booking_for(name).etag)

    def address(self, name: str, parameters: frozenset[str]) -> str:
        known = {
            "slug": "see-1",
            "booking_id": self.booking_for(name).pk,
            "production_id": self.world.ours.production.pk,
            "endpoint_id": self.endpoint.pk,
            "message_id": self.delivery.message_id,
            "feed_id": self.feed.pk,
            "search_id": self.search.pk,
            "organisation_id": self.world.ours.organisation.pk,
            "user_id": self.viewer_id,
            "invitation_id": self.invitation.pk,
            "proposal_id": self.proposal.pk,
            "revision_id": ScheduleRevision.objects.latest("pk").pk,
        }
        return reverse(name, kwargs={parameter: known[parameter] for parameter in parameters}) + self._query(name)

    def _query(self, name: str) -> str:
        of_span = "?from=2027-03-10T00:00:00Z&to=2027-03-11T00:00:00Z"
        return {
            "api-conditions": of_span,
            "api-passes": f"{of_span}&place=rome",
            "api-track": of_span,
            "api-utilisation": of_span,
            "api-windows": f"{of_span}&activity=filming&duration=PT2H",
        }.get(name, "")

    def body(self, method: str, name: str) -> Any:
        window = {
            "production": str(self.world.ours.production.pk),
            "zones": ["arena"],
            "activity": "filming",
            "starts_at": "2027-03-20T10:00:00Z",
            "ends_at": "2027-03-20T12:00:00Z",
        }
        organisation = str(self.world.ours.organisation.pk)
        bodies: dict[tuple[str, str], Callable[[], Any]] = {
            ("POST", "api-bookings"): lambda: window,
            ("POST", "api-quotes"): lambda: window,
            ("POST", "api-quotes-pdf"): lambda: window,
            ("POST", "api-batch"): lambda: {"bookings": [window]},
            ("PATCH", "api-booking"): lambda: {"crew": 1},
            ("POST", "api-productions"): lambda: {"title": "A", "activity": "music", "organisation": organisation},
            ("POST", "api-webhooks"): lambda: {"url": "https://new.example/", "organisation": organisation},
            ("PATCH", "api-webhook"): lambda: {"url": "https://other.example/"},
            ("POST", "api-booking-preview"): lambda: {"crew": 1},
            ("POST", "api-searches"): lambda: {
                "name": "Days",
                "query": "activity=filming&duration=PT2H&from=2027-03-10T00:00:00Z&to=2027-03-11T00:00:00Z",
            },
            ("PATCH", "api-search"): lambda: {"name": "Mornings"},
            ("PATCH", "api-notification-choice"): lambda: {"not_by_mail": ["released"]},
            ("PATCH", "api-organisation"): lambda: {"name": "Renamed"},
            ("PATCH", "api-member"): lambda: {"role": "booker"},
            ("POST", "api-invitations"): lambda: {"email": "another@aurora.example", "role": "viewer"},
            ("POST", "api-calendars"): lambda: {"organisation": organisation},
            ("POST", "api-booking-confirm"): lambda: {"concurrence": "Axiom, by mail"},
            ("POST", "api-booking-decline"): lambda: {"reason": "No crew."},
        }
        return bodies.get((method, name), lambda: None)()

    def answered(self, method: str, name: str, address: str, who: str) -> int:
        caller, version = self.callers[who], self.version_for(name)
        if method == "GET":
            return int(caller.get(address).status_code)
        body = self.body(method, name)
        content = b"{}" if body is None else json.dumps(body).encode()
        return int(caller.send(method, address, content, if_match=version).status_code)


def routes() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Path, name and parameters of every address under /api/v1/."""

    def walk(patterns: Any, prefix: str) -> Iterator[tuple[str, str, frozenset[str]]]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if not isinstance(pattern, URLPattern):
                yield from walk(pattern.url_patterns, path)
            elif path.startswith("api/v1/") and pattern.name not in OPEN:
                yield path.removeprefix("api/v1/"), str(pattern.name), frozenset(pattern.pattern.converters)

    yield from sorted(set(walk(get_resolver().url_patterns, "")))


ROUTES = list(routes())


def rows() -> dict[tuple[str, str], tuple[str, ...]]:
    """Of the table: (path, method) → statuses in the order of `CALLERS`."""
    found = {}
    for line in TABLE.read_text().splitlines()[1:]:
        method, path, *statuses = line.split()
        found[path, method] = tuple(statuses)
    return found


def actual(world: World, path: str, name: str, parameters: frozenset[str]) -> dict[str, tuple[str, ...]]:
    scene = Scene(world)
    answers = {}
    for method in METHODS:
        statuses = []
        for who in CALLERS:
            with transaction.atomic():
                statuses.append(str(scene.answered(method, name, scene.address(name, parameters), who)))
                transaction.set_rollback(True)
        answers[method] = tuple(statuses)
    return answers


@pytest.mark.parametrize(("path", "name", "parameters"), ROUTES, ids=[path for path, *_ in ROUTES])
def test_every_cell(world: World, path: str, name: str, parameters: frozenset[str]) -> None:
    with time_machine.travel(NOW, tick=False):
        found = actual(world, path, name, parameters)
    written = {method: rows().get((path, method)) for method in METHODS}
    said = "\n".join(f"{method:<7}{path:<72} {' '.join(found[method])}" for method in METHODS)
    assert found == written, f"the table says otherwise; what is answered now:\n{said}"


def test_the_table_has_no_row_too_many() -> None:
    assert {path for path, _ in rows()} == {path for path, *_ in ROUTES}


LOOKED_FOR = ("Aurora", "ours@aurora.example", "viewer@aurora.example")
WINDOWS = "api-windows"


def seen_by_rival(scene: Scene) -> dict[str, tuple[int, str, str]]:
    """What every address answers the rival: status, body without the address itself, ETag."""
    found = {}
    for path, name, parameters in ROUTES:
        address = scene.address(name, parameters)
        answer = scene.callers["rival"].get(address, x_request_id="the-same-each-time")
        body = answer.content.decode().replace(address.partition("?")[0], "")
        found[path] = (answer.status_code, body, answer.headers.get("ETag", ""))
    return found


def test_a_rival_learns_nothing_but_that_time_is_taken(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        scene = Scene(world)
        before = seen_by_rival(scene)
        lifecycle.cancel(actor=world.ours.actor, booking_id=scene.requested.pk, at=NOW, reason="The star is ill.")
        world.reserve(span("04-20 10:00"))
        world.ours.production.title = "Aurora's secret sequel"
        world.ours.production.save()
        after = seen_by_rival(scene)
    ours = world.ours
    named = [
        *LOOKED_FOR,
        scene.held.reference,
        *(str(it.pk) for it in (scene.held, ours.organisation, ours.production)),
    ]
    for path, (_, body, _) in {**before, **after}.items():
        assert not [word for word in named if word in body], path
    changed = {path for path in before if before[path] != after[path]}
    assert changed <= {"modules/<slug:slug>/windows/"}, "only the search shows that time was taken or given"


def test_what_is_ours_and_what_is_not_there_are_refused_alike(world: World) -> None:
    """A rival cannot tell another's booking from none: not by status, words, headers, nor by work done."""
    with time_machine.travel(NOW, tick=False):
        scene = Scene(world)
        rival, nobody_s = scene.callers["rival"], "00000000-0000-4000-8000-000000000000"
        rival.get("places/")  # the key's use is noted once a minute
        for action in ("", "request/", "confirm/", "decline/", "cancel/", "release/", "challenge/", "history/"):
            method = "GET" if action in ("", "history/") else "POST"
            answers = []
            for booking_id in (str(scene.held.pk), nobody_s):
                address = f"/api/v1/bookings/{booking_id}/{action}"
                with CaptureQueriesContext(connection) as queries:
                    answer = rival.send(method, address, b"{}", if_match="*", x_request_id="the-same-each-time")
                said = answer.content.decode().replace(booking_id, "ID")
                asked = [query["sql"].replace(booking_id, "ID") for query in queries]
                answers.append((answer.status_code, said, sorted(answer.headers), asked))
            assert answers[0] == answers[1], action


def test_staff_in_no_group_learn_no_more_than_a_rival(world: World) -> None:
    """To be staff opens a door, and a group says what is behind it."""
    with time_machine.travel(NOW, tick=False):
        scene = Scene(world)
        said = {}
        for _path, name, parameters in ROUTES:
            answer = scene.callers["groupless"].get(scene.address(name, parameters))
            said[name] = answer.content.decode() if answer.status_code == 200 else ""
    named = (*LOOKED_FOR, scene.held.reference, str(scene.held.pk), "https://ours.example/")
    assert not {name: found for name, body in said.items() if (found := [word for word in named if word in body])}
