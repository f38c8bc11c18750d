"""Who of staff may do what: every address of the admin and of staff's pages, and every action, as the table has it.

`permissions.txt` is the table: a row for each address and method, for each action of a list, for each field that is
looked up while one types, and for each panel of the board; a column for each group. The rows are made from the
addresses and from the admin's registry themselves, so whatever is new without its row fails here. A cell is the status
that is answered (`login`: sent to the log-in), or whether one is let (`yes`, `no`). Nothing is rendered: how pages
look is for other tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest
from django.template.backends.django import Template
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver

from bookings import lifecycle, replanning
from bookings.admin.board import board
from bookings.exchange import SHEETS
from bookings.keys import make_key
from bookings.models import Booking, Proposal, Rebooking, ScheduleRevision, User, WebhookDelivery
from bookings.states import Status
from bookings.web.revisions import DEEDS, RIGHTS
from bookings.webhooks import add_endpoint
from modules import operations
from modules.models import ElementFeed
from tests.bookings.admin.conftest import shut
from tests.modules.operations.ephemeris_text import oem
from tests.world import NOW, World, span

TABLE = Path(__file__).with_name("permissions.txt")
GROUPS = ("Scheduler", "Finance", "Flight rules", "Support")
CALLERS = ("nobody", "producer", "no group", *GROUPS, "superuser")
MOVED = {301, 302}
LOG_IN = ("/accounts/login/", "/admin/login/")


def walk(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """The paths under admin/ and staff/. Those without a name are Django's own, which lead from an old address on."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from walk(pattern.url_patterns, path)
        elif path.startswith(("admin/", "staff/")) and pattern.name:
            yield path


def spelt(path: str) -> Iterator[str]:
    """The path with each word that it can have in the place of a parameter which is no thing's key."""
    words = {
        r"^(?P<app_label>modules|auth|bookings|mfa)/$": ["auth/", "bookings/", "mfa/", "modules/"],
        "<int:revision_id>/<slug:action>": [f"<int:revision_id>/{deed}" for deed in DEEDS],
        "<slug:name>.<slug:kind>": [f"{name}.csv" for name in SHEETS],
        "<slug:name>": list(SHEETS),
    }
    for parameter, found in words.items():
        if parameter in path:
            yield from (path.replace(parameter, word) for word in found)
            return
    yield path


def models() -> dict[str, admin.ModelAdmin]:
    return {model._meta.label_lower: page for model, page in admin.site._registry.items()}


def looked_up() -> Iterator[str]:
    """Each field, `bookings.booking.production`, that an admin's form looks up while one types."""
    for page in models().values():
        for each in (page, *(inline(page.model, admin.site) for inline in getattr(page, "inlines", ()))):
            for field in getattr(each, "autocomplete_fields", ()):
                yield f"{each.model._meta.label_lower}.{field}"


def asked_by(user: Any) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


@cache
def rows() -> tuple[tuple[str, str], ...]:
    """What is asked: method and address, or what else there is to be let."""
    found = []
    for path in {word for pattern in walk() for word in spelt(pattern)}:
        found += [("GET", path), ("POST", path)]
        if path == "staff/revisions/<int:revision_id>/apply/":  # one right for each kind of change
            found.remove(("POST", path))
            found += [("POST", f"{path}?verb={verb}") for verb in RIGHTS]
    everyone = User(is_superuser=True, is_staff=True, is_active=True)
    for label, page in models().items():
        listed = f"admin/{label.replace('.', '/')}/"
        found += [("POST", f"{listed}?action={name}") for name in page.get_actions(asked_by(everyone))]
    found += [("GET", f"admin/autocomplete/?field={field}") for field in set(looked_up())]
    found += [("SEE", f"board {panel}") for panel in PANELS]
    return tuple(sorted(found, key=lambda row: (row[1], row[0])))


PANELS = (
    "To confirm", "Need attention", "Holds that end within a week", "Open challenges", "Coming closures",
    "Trajectory events to look at", "Age of the orbit elements", "Orbit elements in quarantine",
)  # fmt: skip


def section(address: str) -> str:
    """Rows that are tried together, in one world."""
    return next((part for part in ("admin/bookings", "admin/modules", "staff") if address.startswith(part)), "admin")


SECTIONS = sorted({section(address) for _method, address in rows()})


def table() -> dict[tuple[str, str], tuple[str, ...]]:
    found = {}
    for line in TABLE.read_text().splitlines()[1:]:
        asked, *cells = re.split(r"  +", line.strip())
        method, address = asked.split(" ", 1)
        found[method, address] = tuple(cells)
    return found


class Scene:
    """Something of everything, and whoever might ask for it."""

    def __init__(self, world: World) -> None:
        self.world = world
        import_module("bookings.migrations.0009_staff_groups").found_groups(apps)
        import_module("bookings.migrations.0014_audit").let_staff_look(apps, None)
        self._furnish()
        self.things = {label: page.model._default_manager.first() for label, page in models().items()}
        self.things["bookings.user"] = world.ours.owner
        missing = [label for label, thing in self.things.items() if thing is None]
        assert not missing, f"There is nothing to look at of {missing}: put one into the scene."
        self.people = {who: self._person(who) for who in CALLERS}
        self.clients = {who: Client() for who in CALLERS}
        for who, user in self.people.items():
            if user is not None:
                self.clients[who].force_login(user)
        self.cookies = {who: client.cookies.copy() for who, client in self.clients.items()}

    def _person(self, who: str) -> User | None:
        if who in ("nobody", "producer", "superuser"):
            return {"producer": self.world.theirs.owner, "superuser": self.world.staff_user}.get(who)
        address = f"{who.replace(' ', '-').lower()}@see1.example"
        user: User = User.objects.create_user(address, "a long enough password", is_staff=True)
        user.groups.set(Group.objects.filter(name=who))
        return user

    def _furnish(self) -> None:
        world = self.world
        ours = world.ours
        first = world.reserve(span("03-10 10:00"), crew=2)
        second = world.reserve(span("03-10 11:00"), by=world.theirs)
        lifecycle.challenge(actor=world.theirs.actor, booking_id=second.pk, at=NOW)
        world.reserve(span("03-12 10:00"), status=Status.REQUESTED)
        shut(world, zones=[world.module.zones.get(slug="arena")])
        make_key(user=ours.owner, organisation=ours.organisation, name="ours", at=NOW)
        reading = operations.read_ephemeris(name="a.oem", content=oem("2027-060", {"81P Docking": "063 14:20"}), at=NOW)
        operations.load_ephemeris(module=world.module, reading=reading, at=NOW, by="test")
        endpoint = add_endpoint(organisation=ours.organisation, url="https://ours.example/", events=[], at=NOW)
        WebhookDelivery.objects.create(
            endpoint=endpoint, booking=first, event="booking.held", payload={}, due_at=NOW, created_at=NOW
        )
        ElementFeed.objects.create(module=world.module, url="https://elements.example/", next_try_at=NOW)
        Authenticator.objects.create(user=ours.owner, type=Authenticator.Type.TOTP, data={})
        planned = replanning.plan(
            world.module,
            [Booking.objects.exclude(attention=[])[0].pk],
            reason="Filters.",
            answer_by=NOW.replace(day=5),
            actor=world.staff,
            at=NOW,
        )
        self.rebooking: Rebooking = planned

    def address(self, asked: str) -> str:
        path, _, query = asked.partition("?")
        label = ".".join(path.split("/")[1:3])
        known: dict[str, Callable[[], Any]] = {
            "<path:object_id>": lambda: self.things[label].pk,
            "<id>": lambda: self.things[label].pk,
            "<int:revision_id>": lambda: ScheduleRevision.objects.latest("pk").pk,
            "<int:rebooking_id>": lambda: self.rebooking.pk,
            "<uuid:proposal_id>": lambda: Proposal.objects.latest("answer_by").pk,
            "r/<path:content_type_id>/<path:object_id>": lambda: (
                f"r/{ContentType.objects.get_for_model(Booking).pk}/{self.things['bookings.booking'].pk}"
            ),
        }
        for parameter in sorted(known, key=len, reverse=True):
            if parameter in path:
                path = path.replace(parameter, str(known[parameter]()))
        return f"/{path}{self._query(query)}"

    def _query(self, query: str) -> str:
        if not query.startswith("field="):
            return ""
        app, model, field = query.removeprefix("field=").split(".")
        return f"?app_label={app}&model_name={model}&field_name={field}&term=a"

    def answered(self, method: str, asked: str, who: str) -> str:
        if method == "SEE":
            return self._seen(asked.removeprefix("board "), who)
        body: dict[str, Any] = {}
        query = asked.partition("?")[2]
        if query.startswith("verb="):
            ScheduleRevision.objects.update(verb=query.removeprefix("verb="), takes_back=None)
        elif query.startswith("action="):
            label = ".".join(asked.split("/")[1:3])
            body = {"action": query.removeprefix("action="), "_selected_action": str(self.things[label].pk)}
        client = self.clients[who]
        client.cookies = self.cookies[who].copy()  # whatever was asked before: to log out, perhaps
        answer = client.get(self.address(asked)) if method == "GET" else client.post(self.address(asked), body)
        if query.startswith("action=") and answer.status_code == 200:
            return "no" if "change_list" in str(answer.template_name) else "yes"  # the list again: no such action
        moved_to = answer.headers.get("Location", "") if answer.status_code in MOVED else ""
        return "login" if moved_to.startswith(LOG_IN) else str(answer.status_code)

    def _seen(self, panel: str, who: str) -> str:
        user = self.people[who]
        if user is None or not user.is_staff:
            return "login"
        shown = board(asked_by(user), {})["panels"]
        assert {each.title for each in shown} <= set(PANELS), "a new panel needs its rows"
        return "yes" if panel in {each.title for each in shown} else "no"


@pytest.mark.parametrize("part", SECTIONS)
def test_every_cell(world: World, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setattr(Template, "render", lambda *_args, **_kwargs: "")
    scene = Scene(world)
    found = {}
    for method, asked in rows():
        if section(asked) != part:
            continue
        cells = []
        for who in CALLERS:
            with transaction.atomic():
                cells.append(scene.answered(method, asked, who))
                transaction.set_rollback(True)
        found[method, asked] = tuple(cells)
    written = table()
    wrong = [row for row, cells in found.items() if cells != written.get(row)]
    said = "\n".join(line(row, found[row]) for row in wrong)
    assert not wrong, f"the table says otherwise; what is answered now:\n{said}"


def line(row: tuple[str, str], cells: tuple[str, ...]) -> str:
    return f"{' '.join(row):<74}  {'  '.join(f'{cell:<5}' for cell in cells)}".rstrip()


def test_the_table_has_no_row_too_many() -> None:
    assert set(table()) == set(rows())
