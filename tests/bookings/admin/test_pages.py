"""Every page of the admin opens, in few queries however much there is, and opening one does nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.forms import SplitDateTimeField
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import lifecycle
from bookings.keys import make_key
from bookings.models import Booking, Mail, Transition, WebhookDelivery, WebhookEndpoint
from bookings.states import Status
from modules import operations
from modules.models import Closure
from tests.bookings.admin.conftest import shut
from tests.modules.operations.ephemeris_text import oem
from tests.world import NOW, World, span

MOST_QUERIES = 30
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in {"bookings", "modules", "auth"}),
    key=lambda model: model._meta.label,
)


def page(model, what: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def full(world: World) -> World:
    """Something of everything, with everything linked."""
    first = world.reserve(span("03-10 10:00"), crew=2)
    second = world.reserve(span("03-10 11:00"), by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=second.pk, at=NOW)
    world.reserve(span("03-12 10:00"), status=Status.REQUESTED, zones=("arena", "studio"))
    shut(world, zones=[world.module.zones.get(slug="arena")])
    make_key(user=world.ours.owner, organisation=world.ours.organisation, name="ours", at=NOW)
    reading = operations.read_ephemeris(name="a.oem", content=oem("2027-060", {"81P Docking": "063 14:20"}), at=NOW)
    operations.load_ephemeris(module=world.module, reading=reading, at=NOW, by="test")
    endpoint = WebhookEndpoint.objects.create(
        organisation=world.ours.organisation, url="https://x.example/", secret="s", created_at=NOW
    )
    WebhookDelivery.objects.create(
        endpoint=endpoint, booking=first, event="booking.held", payload={}, due_at=NOW, created_at=NOW
    )
    return world


def test_everything_that_staff_work_with_is_there() -> None:
    ours = {model for app in ("bookings", "modules") for model in apps.get_app_config(app).get_models()}
    inline_or_internal = {
        "Claim", "Challenge", "Transition", "Membership", "Rate", "IdempotencyRecord", "CalendarFeed", "ZoneRule",
        "PhaseRevision", "ClosureRevision", "FlightRulesRevision", "TrajectoryEventRevision",
    }  # fmt: skip
    assert {model.__name__ for model in ours if model not in MODELS} >= inline_or_internal
    assert {"Booking", "Closure", "Phase", "FlightRules", "RateCard", "ApiKey", "User"} <= {
        model.__name__ for model in MODELS
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_page_opens_in_few_queries(full: World, staff: Client, model) -> None:
    thing = model._default_manager.first()
    pages = [page(model, "changelist"), page(model, "change", thing.pk)] if thing else [page(model, "changelist")]
    if admin.site._registry[model].has_add_permission(_request(full)):
        pages.append(page(model, "add"))
    for address in pages:
        with CaptureQueriesContext(connection) as queries:
            response = staff.get(address)
        assert response.status_code == 200, address
        assert len(queries) <= MOST_QUERIES, (address, len(queries))


def _request(world: World):
    request = RequestFactory().get("/")
    request.user = world.staff_user
    return request


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_searches_and_sorting_open(full: World, staff: Client, model) -> None:
    if admin.site._registry[model].search_fields:
        assert staff.get(page(model, "changelist"), {"q": "aurora"}).status_code == 200
    for column in range(1, len(admin.site._registry[model].list_display) + 1):
        assert staff.get(page(model, "changelist"), {"o": f"-{column}"}).status_code == 200


def test_a_list_costs_the_same_for_one_and_for_many(world: World, staff: Client) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address).status_code == 200
        return len(queries)

    pages = [page(Booking, "changelist"), page(Closure, "changelist"), page(Mail, "changelist"), reverse("admin:index")]
    world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
    shut(world)
    few = [cost(address) for address in pages]
    for day in range(11, 25):
        world.reserve(span(f"03-{day} 10:00"), status=Status.REQUESTED)
        shut(world, span(f"03-{day} 10:00"))
    assert [cost(address) for address in pages] == few


def test_the_list_of_bookings_costs_the_same_for_many_zones(world: World, staff: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(page(Booking, "changelist")).status_code == 200
        return len(queries)

    few = cost()
    for n in range(5):
        world.module.zones.create(slug=f"stage-{n}", name=f"Stage {n}", activities=["filming"], position=10 + n)
    assert cost() == few


def test_looking_changes_nothing(full: World, staff: Client) -> None:
    before = list(Booking.objects.order_by("pk").values()), Transition.objects.count(), Mail.objects.count()
    for booking in Booking.objects.all():
        for deed in ("confirm", "decline", "cancel", "release", "request", "agree"):
            staff.get(f"{page(Booking, 'change', booking.pk)[: -len('change/')]}{deed}_one/")
    for closure in Closure.objects.all():
        staff.get(f"{page(Closure, 'change', closure.pk)[: -len('change/')]}withdraw_one/")
    after = list(Booking.objects.order_by("pk").values()), Transition.objects.count(), Mail.objects.count()
    assert before == after
    assert Closure.objects.standing().count() == 2


def test_filters_and_search_of_bookings(full: World, staff: Client) -> None:
    requested = Booking.objects.get(status="requested")
    arena = full.module.zones.get(slug="arena")
    docked = requested.phase_id
    for query, count in (
        ({"status__in": "requested"}, 1),
        ({"attention": "any"}, 2),
        ({"attention": "closure"}, 2),
        ({"attention": "over_capacity"}, 0),
        ({"zones__id__exact": arena.pk}, 3),
        ({"phase__id__exact": docked}, 3),
        ({"q": requested.reference}, 1),
        ({"q": "borealis"}, 1),
        ({"starts_at__year": 2027, "starts_at__month": 3, "starts_at__day": 12}, 1),
    ):
        response = staff.get(page(Booking, "changelist"), query)
        assert response.context["cl"].queryset.count() == count, query


def test_the_board_shows_what_waits(full: World, staff: Client) -> None:
    panels = {panel.title: panel for panel in staff.get(reverse("admin:index")).context["panels"]}
    counts = {title: panel.count for title, panel in panels.items()}
    assert counts == {
        "To confirm": 1,
        "Need attention": 2,
        "Holds that end within a week": 2,
        "Open challenges": 1,
        "Coming closures": 2,
        "Trajectory events to look at": 0,
        "Age of the orbit elements": 1,
        "Orbit elements in quarantine": 0,
    }
    for title in ("Holds that end within a week", "Open challenges", "To confirm"):
        assert staff.get(panels[title].page).context["cl"].result_count == panels[title].count, title
    for panel in panels.values():
        assert staff.get(panel.page).status_code == 200
        for line in panel.lines:
            assert staff.get(line.page).status_code == 200


def test_the_board_leads_to_what_must_be_decided_soonest_first(world: World, staff: Client) -> None:
    held = [world.reserve(span(f"03-{day} 10:00")) for day in (20, 10, 15)]
    for booking, days in zip(held, (5, 9, 2), strict=True):
        Booking.objects.filter(pk=booking.pk).update(hold_expires_at=NOW + timedelta(days=days))
    asked = [world.reserve(span(f"03-{day} 14:00"), status=Status.REQUESTED) for day in (18, 12)]
    panels = {panel.title: panel for panel in staff.get(reverse("admin:index")).context["panels"]}
    for title, due in (("Holds that end within a week", [held[2], held[0]]), ("To confirm", asked[::-1])):
        listed = [booking.reference for booking in staff.get(panels[title].page).context["cl"].result_list]
        assert listed == [line.name for line in panels[title].lines] == [booking.reference for booking in due]


@pytest.mark.parametrize("who", ["nobody", "producer", "staff without permission"])
def test_others_are_kept_out(full: World, client: Client, permitted, who: str) -> None:
    if who == "producer":
        client.force_login(full.ours.owner)
    if who == "staff without permission":
        client = permitted()
    booking = Booking.objects.get(status="requested")
    for address in (page(Booking, "changelist"), page(Booking, "change", booking.pk), page(Booking, "add")):
        assert client.get(address).status_code in {302, 403}
    answer = client.post(
        f"/admin/bookings/booking/{booking.pk}/confirm_one/",
        {"do_it": "1", "concurrence": "me", f"version_{booking.pk}": 1},
    )
    assert answer.status_code in {302, 403}
    assert Booking.objects.get(pk=booking.pk).status == "requested"


def test_the_board_shows_only_what_one_may_see(full: World, permitted) -> None:
    client = permitted("view_closure")
    response = client.get(reverse("admin:index"))
    assert [panel.title for panel in response.context["panels"]] == ["Coming closures"]


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin/bookings/booking/", "/admin/nowhere/"])
def test_the_admin_alone_may_evaluate_scripts(staff: Client, address: str) -> None:
    assert "script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'" in _policy(staff.get(address))


@pytest.mark.parametrize("address", ["/administrator/", "/nowhere/", "/calendar/modules/see-1.ics"])
def test_elsewhere_the_policy_stays_strict(staff: Client, address: str) -> None:
    assert "unsafe" not in _policy(staff.get(address))


def _policy(response) -> str:
    directives = sorted(part.strip() for part in response.headers["Content-Security-Policy"].split(";"))
    return "; ".join(directives)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_time_that_is_filled_in_is_called_gmt(full: World, model) -> None:
    """The admin's times are GMT whatever the reader's clock says, so nothing may leave that open."""
    page, request = admin.site._registry[model], _request(full)
    things = [model._default_manager.first()] + [None] * page.has_add_permission(request)
    may = [thing for thing in things if thing is None or page.has_change_permission(request, thing)]
    forms = [page.get_form(request, thing, change=thing is not None) for thing in may]
    times = [field for form in forms for field in form.base_fields.values() if isinstance(field, SplitDateTimeField)]
    assert [field.label for field in times if "GMT" not in str(field.label)] == []
