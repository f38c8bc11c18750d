"""A second module made in the admin and booked; people, keys and rates."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.utils import timezone

from bookings.keys import hash_key
from bookings.models import ApiKey, Booking, Membership, Organisation, Production, RateCard, User
from modules.models import Module, Phase
from tests.bookings.admin.conftest import moment, send, told
from tests.bookings.admin.test_booking_forms import filled
from tests.world import NOW, World, span


def counts(prefix: str, total: int) -> dict[str, object]:
    return {
        f"{prefix}-TOTAL_FORMS": total,
        f"{prefix}-INITIAL_FORMS": 0,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }


def test_a_second_module_is_made_and_booked(world: World, staff: Client) -> None:
    zone = {
        "zones-0-name": "Hall",
        "zones-0-slug": "hall",
        "zones-0-activities": ["filming", "music"],
        "zones-0-position": 0,
    }
    module_form = {"name": "Haven", "slug": "haven", "position": 5, **counts("zones", 1), **zone}
    assert staff.post("/admin/modules/module/add/", module_form).status_code == 302
    haven = Module.objects.get(slug="haven")
    hall = haven.zones.get()
    rules = {
        "shortest_window": "00:30:00",
        "longest_window": "2 00:00:00",
        "lead_time": "1 00:00:00",
        "turnaround": "00:15:00",
        "hold_time": "3 00:00:00",
        "challenge_time": "1 00:00:00",
        "crew_limit": 4,
        "power_limit_kw": "6",
        "downlink_limit_mbps": 100,
        "crew_wake": "06:00:00",
        "crew_sleep": "21:30:00",
    }
    phase = {"module": haven.pk, "kind": "free_flight", "certainty": "planned", "reason": "Launched."}
    phase |= moment("starts_at", NOW - timedelta(days=30)) | {"ends_at_0": "", "ends_at_1": ""}
    answer = staff.post("/admin/modules/phase/add/", phase | rules)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = Phase.objects.get(module=haven)
    assert (made.rules.crew_limit, made.rules.requires_concurrence, made.revisions.count()) == (4, False, 1)
    card = {
        "module": haven.pk,
        "currency": "EUR",
        "name": "Haven 2027",
        "source": "",
        "tax_name": "",
        "tax_percent": "0",
    }
    card |= moment("valid_from", NOW - timedelta(days=1)) | {"valid_until_0": "", "valid_until_1": ""}
    rate = {"rates-0-per": "zone_hour", "rates-0-zone": hall.pk, "rates-0-amount": "1000.00"}
    rate |= {"rates-0-activity": "", "rates-0-phase_kind": ""}
    card |= counts("rates", 1) | counts("cancellation_terms", 0) | counts("seasons", 0)
    assert staff.post("/admin/bookings/ratecard/add/", card | rate).status_code == 302
    booking = filled(world, span("03-10 10:00")) | {"in_zones": [hall.pk], "as_status": "requested"}
    assert staff.post("/admin/bookings/booking/add/", booking).status_code == 302
    booked = Booking.objects.get()
    assert (booked.module, booked.phase, booked.price_total, booked.currency) == (haven, made, Decimal(2000), "EUR")


def test_a_phase_that_overlaps_is_refused_on_the_form(world: World, staff: Client) -> None:
    phase = {"module": world.module.pk, "kind": "retired", "certainty": "planned", "reason": "End."}
    phase |= moment("starts_at", NOW) | {"ends_at_0": "", "ends_at_1": ""}
    rules = dict.fromkeys(("shortest_window", "longest_window", "lead_time", "turnaround"), "1 00:00:00")
    rules |= {"hold_time": "1 00:00:00", "challenge_time": "1 00:00:00", "crew_wake": "06:00", "crew_sleep": "21:00"}
    form = phase | rules | {"crew_limit": 1, "power_limit_kw": 1, "downlink_limit_mbps": 1}
    response = staff.post("/admin/modules/phase/add/", form)
    assert "cannot overlap" in str(response.context["adminform"].form.errors)
    assert Phase.objects.count() == 3


def test_a_rate_changed_leaves_old_prices_as_quoted(world: World, staff: Client) -> None:
    booking = world.reserve(span("03-10 10:00"))
    card = RateCard.objects.get()
    page = f"/admin/bookings/ratecard/{card.pk}/change/"
    rates: dict[str, object] = {}
    for number, rate in enumerate(card.rates.all()):
        rates |= {
            f"rates-{number}-id": rate.pk,
            f"rates-{number}-card": card.pk,
            f"rates-{number}-per": rate.per,
            f"rates-{number}-zone": rate.zone_id or "",
            f"rates-{number}-activity": rate.activity,
            f"rates-{number}-phase_kind": rate.phase_kind,
            f"rates-{number}-season": rate.season_id or "",
            f"rates-{number}-amount": rate.amount + 1,
        }
    for number, season in enumerate(card.seasons.all()):
        rates |= {
            f"seasons-{number}-id": season.pk,
            f"seasons-{number}-card": card.pk,
            f"seasons-{number}-name": season.name,
            f"seasons-{number}-starts_on": f"{season.starts_on}",
            f"seasons-{number}-ends_on": f"{season.ends_on}",
        }
    form = {"name": card.name, "source": "", "tax_name": "", "tax_percent": "0", **rates}
    form |= moment("valid_from", card.valid_from)
    assert send(staff, page, form | {"valid_until_0": "", "valid_until_1": ""}).status_code == 302
    assert world.reserve(span("03-12 10:00")).price_total > booking.price_total
    assert Booking.objects.get(pk=booking.pk).price_total == booking.price_total


def test_a_rate_card_says_any_and_how_long_in_words(world: World, staff: Client) -> None:
    card = RateCard.objects.get()
    world.reserve(span("03-10 10:00"))
    page = staff.get(f"/admin/bookings/ratecard/{card.pk}/change/").content.decode()
    for field in ("zone", "activity", "phase_kind", "season"):
        choices = re.search(rf'name="rates-0-{field}".*?</select>', page, re.DOTALL)
        assert choices is not None, field
        assert re.search(r'<option value=""[^>]*>any</option>', choices[0]), field
    assert ">7 days<" in re.sub(r"\s*([<>])\s*", r"\1", page)
    assert "days, 0:00:00" not in page


def key_form(world: World, **said) -> dict[str, object]:
    form = {"user": world.ours.owner.pk, "organisation": str(world.ours.organisation.pk), "name": "Planner"}
    return form | {"scopes": ["read", "book"], "expires_at_0": "", "expires_at_1": ""} | said


def test_a_key_is_shown_once_and_only_its_hash_is_kept(world: World, staff: Client) -> None:
    response = staff.post("/admin/bookings/apikey/add/", key_form(world))
    plaintext = response.context["plaintext"]
    assert plaintext in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    key = ApiKey.objects.get()
    assert (key.sha256, key.scopes, key.organisation) == (
        hash_key(plaintext),
        ["read", "book"],
        world.ours.organisation,
    )
    for address in ("/admin/bookings/apikey/", f"/admin/bookings/apikey/{key.pk}/change/", "/admin/"):
        content = staff.get(address).content.decode()
        assert plaintext not in content
        assert plaintext not in str(dict(staff.session)) + str(staff.cookies)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"organisation": ""}, "organisation"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at_0": "2027-01-01", "expires_at_1": "10:00:00"}, "expires_at"),
        ({"name": ""}, "name"),
        ({"organisation": "nonsense"}, "organisation"),
        ({"user": 10**30}, "user"),
    ],
)
def test_a_key_that_makes_no_sense(world: World, staff: Client, said, field) -> None:
    response = staff.post("/admin/bookings/apikey/add/", key_form(world, **said))
    assert field in response.context["adminform"].form.errors
    assert not ApiKey.objects.exists()


def test_a_key_for_a_stranger_is_refused(world: World, staff: Client) -> None:
    response = staff.post("/admin/bookings/apikey/add/", key_form(world, user=world.theirs.owner.pk))
    assert "is not a member" in str(response.context["adminform"].form.errors["user"])


def test_revoking_keys(world: World, staff: Client) -> None:
    for name in ("One", "Two"):
        staff.post("/admin/bookings/apikey/add/", key_form(world, name=name))
    one, two = ApiKey.objects.order_by("name")
    assert staff.get(f"/admin/bookings/apikey/{one.pk}/revoke_one/").status_code == 200
    assert ApiKey.objects.usable(timezone.now()).count() == 2, "asking revokes nothing"
    messages = told(staff.post(f"/admin/bookings/apikey/{one.pk}/revoke_one/", {"do_it": "1"}, follow=True))
    assert messages == ["One is revoked."]
    staff.post(
        "/admin/bookings/apikey/", {"action": "revoke_many", ACTION_CHECKBOX_NAME: [one.pk, two.pk], "do_it": "1"}
    )
    assert not ApiKey.objects.usable(timezone.now()).exists()
    assert staff.post(f"/admin/bookings/apikey/{one.pk}/delete/", {"post": "yes"}).status_code == 403


def test_people_are_known_by_their_mail_address(world: World, staff: Client) -> None:
    form = {"email": "New@Aurora.example", "usable_password": "true"}
    form |= {"password1": "a long enough one", "password2": "a long enough one"}
    assert staff.post("/admin/bookings/user/add/", form).status_code == 302
    user = User.objects.get(email="new@aurora.example")
    assert user.check_password("a long enough one")
    assert staff.post("/admin/bookings/user/add/", form).status_code == 200, "twice the same is refused"


def test_nobody_hands_out_more_than_they_have(world: World, permitted) -> None:
    client = permitted("view_user", "change_user", "view_group", "change_group", "add_apikey", "view_apikey")
    me = User.objects.get(email="some@see1.example")
    mine = {"email": me.email, "is_active": "on", "is_staff": "on", "is_superuser": "on", "user_permissions": [1, 2, 3]}
    assert send(client, f"/admin/bookings/user/{me.pk}/change/", mine).status_code == 302
    me.refresh_from_db()
    assert (me.is_superuser, me.user_permissions.count()) == (False, 6)
    theirs = {"email": "stolen@see1.example", "is_active": "on"}
    assert send(client, f"/admin/bookings/user/{world.staff_user.pk}/change/", theirs).status_code == 403
    password = {"password1": "a long enough one", "password2": "a long enough one", "usable_password": "true"}
    assert client.post(f"/admin/bookings/user/{world.staff_user.pk}/password/", password).status_code == 403
    assert client.get("/admin/auth/group/add/").status_code == 403
    answer = client.post("/admin/bookings/apikey/add/", key_form(world, organisation="", user=world.staff_user.pk))
    assert "Only superusers" in str(answer.context["adminform"].form.errors)
    assert not ApiKey.objects.exists()


def test_an_organisation_with_its_members_and_a_production(world: World, staff: Client) -> None:
    member = {"memberships-0-user": world.theirs.owner.pk, "memberships-0-role": "viewer"}
    form = {
        "name": "Cirrus",
        "time_zone": "Europe/Rome",
        "language": "it",
        **counts("memberships", 1),
        **counts("productions", 0),
        **member,
    }
    assert staff.post("/admin/bookings/organisation/add/", form).status_code == 302
    cirrus = Organisation.objects.get(name="Cirrus")
    assert Membership.objects.get(organisation=cirrus).user == world.theirs.owner
    production = {"organisation": str(cirrus.pk), "title": "Above", "activity": "music"}
    assert staff.post("/admin/bookings/production/add/", production).status_code == 302
    assert Production.objects.get(organisation=cirrus).created_at == NOW


@pytest.mark.parametrize(
    "address",
    [
        "bookings/booking/nonsense/change/",
        "bookings/booking/nonsense/confirm_one/",
        "modules/closure/nonsense/change/",
        "modules/closure/99999999999999999999999999/change/",
        "modules/closure/99999999999999999999999999/withdraw_one/",
        "modules/phase/nonsense/change/",
        "bookings/booking/?zones__id__exact=99999999999999999999999",
        "bookings/booking/?zones__id__exact=nonsense",
        "bookings/booking/?starts_at_from_0=nonsense",
        "bookings/booking/?starts_at__year=99999999999",
        "bookings/booking/?attention=nonsense",
        "bookings/booking/?q=%00",
        "bookings/booking/?p=99999999999999999999",
        "bookings/booking/?o=99",
        "bookings/booking/?nothing=1",
        "modules/closure/?standing=nonsense",
    ],
)
def test_addresses_that_make_no_sense_are_no_errors(world: World, staff: Client, address: str) -> None:
    assert staff.get(f"/admin/{address}", follow=True).status_code in {200, 400, 404}
