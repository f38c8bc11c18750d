"""The schedule in the admin: closures, phases and rules, each with a reason and its effect on bookings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client

from bookings.models import Mail
from bookings.states import Status
from modules.intervals import Span
from modules.models import Closure, FlightRules, Phase
from tests.bookings.admin.conftest import again, apply_shown, moment, saved_once_more, send, shut, told
from tests.world import World, span

WINDOW = span("03-10 10:00")
CLOSURES = "/admin/modules/closure/"


def closing(world: World, window=WINDOW, **said) -> dict[str, object]:
    form = {"module": world.module.pk, "kind": "maintenance", "certainty": "planned", "note": "", "reason": "Filters."}
    return form | moment("starts_at", window.starts_at) | moment("ends_at", window.ends_at) | said


def errors(response) -> str:
    return str(dict(response.context["adminform"].form.errors))


def test_declaring_a_closure_flags_bookings_and_says_so(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)
    response = staff.post(f"{CLOSURES}add/", closing(world), follow=True)
    assert (Closure.objects.exists(), again(booking).attention) == (False, [])
    apply_shown(staff, response, flagged=1)
    assert again(booking).attention == ["closure"]
    closure = Closure.objects.get()
    assert [(r.reason, r.recorded_by) for r in closure.revisions.all()] == [("Filters.", world.staff_user.email)]
    assert Mail.objects.filter(kind="attention").count() == 1


def test_changing_a_closure_moves_the_flags(world: World, staff: Client) -> None:
    booking, later = world.reserve(WINDOW), world.reserve(span("03-12 10:00"))
    closure = shut(world)
    form = closing(world, span("03-12 10:00"), seen_revision=1, in_zones=[world.module.zones.get(slug="arena").pk])
    response = send(staff, f"{CLOSURES}{closure.pk}/change/", form, follow=True)
    apply_shown(staff, response, flagged=1, cleared=1)
    assert (again(booking).attention, again(later).attention) == ([], ["closure"])
    assert [zone.slug for zone in closure.zones.all()] == ["arena"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": " "}, "required"),
        ({"kind": "party"}, "not one of the available choices"),
        (moment("ends_at", WINDOW.starts_at), "not after its start"),
        ({"starts_at_0": "yesterday"}, "valid date"),
        ({"note": "x" * 400}, "300"),
        ({"module": "abc"}, ""),
        ({"module": 10**25}, ""),
        ({"in_zones": ["abc"]}, ""),
    ],
)
def test_a_closure_that_makes_no_sense(world: World, staff: Client, said, sentence) -> None:
    response = staff.post(f"{CLOSURES}add/", closing(world) | said)
    assert response.status_code == 200
    assert sentence in errors(response)
    assert not Closure.objects.exists()


@pytest.mark.parametrize("model", [Phase, FlightRules])
def test_what_is_always_previewed_has_no_other_button_that_frightens(world: World, staff: Client, model) -> None:
    thing = model.objects.first()
    page = staff.get(f"/admin/modules/{model._meta.model_name}/{thing.pk}/change/").content.decode()
    assert "Preview what it does to bookings" in page
    assert [name for name in ("_save", "_continue", "_addanother") if f'name="{name}"' in page] == []


@pytest.mark.parametrize("revision", [1, "", "x", 0])
def test_a_stale_closure_form_is_told_so(world: World, staff: Client, revision) -> None:
    closure = shut(world)
    form = closing(world, seen_revision=1, note="First.")
    send(staff, f"{CLOSURES}{closure.pk}/change/", form)
    response = send(staff, f"{CLOSURES}{closure.pk}/change/", form | {"note": "Second.", "seen_revision": revision})
    assert response.status_code == 200
    assert errors(response) != "{}"
    assert Closure.objects.get().note == "First."


def test_withdrawing_one_and_many(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)
    first, second, third = (shut(world) for _ in range(3))
    staff.post(
        f"{CLOSURES}{first.pk}/withdraw_one/", {"do_it": "1", "reason": "Done.", f"version_{first.pk}": 1}, follow=True
    )
    assert (Closure.objects.standing().count(), again(booking).attention) == (2, ["closure"])
    chosen = {
        "action": "withdraw_many",
        ACTION_CHECKBOX_NAME: [first.pk, second.pk, third.pk],
        "do_it": "1",
        "reason": "Done.",
        f"version_{first.pk}": 2,
        f"version_{second.pk}": 1,
        f"version_{third.pk}": 1,
    }
    shown = staff.post(CLOSURES, chosen, follow=True)
    messages = told(shown)
    assert sum("is withdrawn." in message for message in messages) == 1, "the booking was closed off by another, too"
    assert sum("was withdrawn. Declare it anew" in message for message in messages) == 1
    assert (Closure.objects.standing().count(), again(booking).attention) == (1, ["closure"])
    apply_shown(staff, shown, cleared=1)
    assert (Closure.objects.standing().count(), again(booking).attention) == (0, [])


def test_deeds_with_several_that_touch_bookings_lead_to_all_their_previews(world: World, staff: Client) -> None:
    bookings = [world.reserve(span(f"03-{day} 10:00")) for day in (10, 11)]
    closures = [shut(world, span(f"03-{day} 10:00")) for day in (10, 11)]
    chosen = {"action": "withdraw_many", ACTION_CHECKBOX_NAME: [closure.pk for closure in closures]}
    versions = {f"version_{closure.pk}": 1 for closure in closures}
    shown = staff.post(CLOSURES, {"do_it": "1", "reason": "Done.", **chosen, **versions}, follow=True)
    assert shown.resolver_match.url_name == "revision_list"
    assert sum("Nothing is saved yet" in message for message in told(shown)) == 2
    assert Closure.objects.standing().count() == 2
    for row in shown.context["rows"][:2]:
        assert (row["revision"].state, row["revision"].cleared) == ("previewed", 1)
        staff.post(f"/staff/revisions/{row['revision'].pk}/apply/")
    assert [again(booking).attention for booking in bookings] == [[], []]


def test_a_withdrawn_closure_is_only_looked_at_and_none_is_deleted(world: World, staff: Client) -> None:
    closure = shut(world)
    assert staff.post(f"{CLOSURES}{closure.pk}/delete/", {"post": "yes"}).status_code == 403
    staff.post(f"{CLOSURES}{closure.pk}/withdraw_one/", {"do_it": "1", "reason": "Done.", f"version_{closure.pk}": 1})
    assert staff.get(f"{CLOSURES}{closure.pk}/change/").status_code == 200
    assert send(staff, f"{CLOSURES}{closure.pk}/change/", closing(world, seen_revision=2)).status_code == 403


def slip(world: World, day: str, **said) -> dict[str, object]:
    docked = Phase.objects.get(module=world.module, kind="docked")
    ends_at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    form = {"certainty": "planned", "reason": "The undocking slips."}
    return form | moment("starts_at", docked.starts_at) | moment("ends_at", ends_at) | said


def test_the_undocking_slips_and_bookings_change_phase(world: World, staff: Client) -> None:
    docked = Phase.objects.get(module=world.module, kind="docked")
    start = datetime(2028, 1, 10, 10, tzinfo=UTC)
    window = Span(start, start + timedelta(hours=2))
    booking = world.reserve(window, at=datetime(2027, 12, 1, tzinfo=UTC))
    response = send(staff, f"/admin/modules/phase/{docked.pk}/change/", slip(world, "2028-09-15"), follow=True)
    apply_shown(staff, response, flagged=1)
    assert (again(booking).attention, again(booking).phase) == (["phase_changed"], docked)
    page = f"/admin/bookings/booking/{booking.pk}/"
    assert b"agree_one/" in staff.get(f"{page}change/").content
    form = {"do_it": "1", "reason": "The producer agrees.", f"version_{booking.pk}": again(booking).version}
    assert "stands in the docked phase" in told(staff.post(f"{page}agree_one/", form, follow=True))[0]
    assert again(booking).attention == []


def test_a_phase_that_would_swallow_another_is_told_so(world: World, staff: Client) -> None:
    docked = Phase.objects.get(module=world.module, kind="docked")
    form = slip(world, "2028-01-01") | {"ends_at_0": "", "ends_at_1": ""}
    response = send(staff, f"/admin/modules/phase/{docked.pk}/change/", form)
    assert "cannot be left open" in errors(response)
    assert Phase.objects.get(pk=docked.pk).ends_at == datetime(2028, 1, 1, tzinfo=UTC)


def rules_form(rules: FlightRules, **said) -> dict[str, object]:
    form: dict[str, object] = {
        field.name: field.value_from_object(rules)
        for field in rules._meta.concrete_fields
        if field.name not in {"id", "phase"}
    }
    form |= {f"zone_{zone.pk}": zone.activities for zone in rules.phase.module.zones.all()}
    return form | {"requires_concurrence": "on", "reason": "Life support."} | said


def test_rules_change_with_their_effect_and_a_history(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW, crew=5)
    rules = FlightRules.objects.get(phase__kind="docked")
    arena = world.module.zones.get(slug="arena")
    page = f"/admin/modules/flightrules/{rules.pk}/change/"
    response = send(staff, page, rules_form(rules, crew_limit=4, **{f"zone_{arena.pk}": ["music"]}), follow=True)
    apply_shown(staff, response, flagged=1)
    assert again(booking).attention == ["phase_changed", "over_capacity"]
    assert [rule.activities for rule in rules.zone_rules.all()] == [["music"]]
    rules.refresh_from_db()
    apply_shown(staff, send(staff, page, rules_form(rules, crew_limit=6), follow=True), cleared=1)
    assert (again(booking).attention, rules.zone_rules.count(), rules.revisions.count()) == ([], 0, 3)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"longest_window": "00:10:00"}, "nothing could be booked"),
        ({"lead_time": "-1 00:00:00"}, "cannot be negative"),
        ({"crew_limit": "-1"}, ""),
        ({"lead_time": "soon"}, "valid duration"),
        ({"power_limit_kw": "NaN"}, ""),
    ],
)
def test_rules_that_make_no_sense(world: World, staff: Client, said, sentence) -> None:
    rules = FlightRules.objects.get(phase__kind="docked")
    response = send(staff, f"/admin/modules/flightrules/{rules.pk}/change/", rules_form(rules, **said))
    assert response.status_code == 200
    assert sentence in errors(response)
    assert rules.revisions.count() == 1


def test_a_zone_that_loses_its_equipment_says_first_what_that_does(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)
    arena = world.module.zones.get(slug="arena")
    address = f"/admin/modules/zone/{arena.pk}/change/"
    form = {"slug": "arena", "name": "Arena", "activities": ["sports"], "position": 1}
    said = f"1 booking flagged for attention. {booking.reference} ("
    response = saved_once_more(staff, address, form, said)
    assert "1 booking flagged for attention." in told(response)
    assert again(booking).attention == ["phase_changed"]
    assert world.module.zones.get(slug="arena").activities == ["sports"]


def test_a_yes_counts_for_the_bookings_that_were_named(world: World, staff: Client) -> None:
    world.reserve(WINDOW)
    arena = world.module.zones.get(slug="arena")
    address = f"/admin/modules/zone/{arena.pk}/change/"
    form = {"slug": "arena", "name": "Arena", "activities": ["sports"], "position": 1}
    seen = staff.post(address, form).context["adminform"].form["agreed"].value()
    other = world.reserve(span("03-14 10:00"))
    page = staff.post(address, form | {"agreed": seen})
    assert other.reference in errors(page)
    assert world.module.zones.get(slug="arena").activities != ["sports"]


def test_a_module_s_page_says_first_what_its_zones_do_to_bookings(world: World, staff: Client) -> None:
    booking = world.reserve(WINDOW)
    address = f"/admin/modules/module/{world.module.pk}/change/"
    rows = {
        f"zones-{n}-{name}": value
        for n, zone in enumerate(world.module.zones.all())
        for name, value in {
            "id": zone.pk, "module": world.module.pk, "name": zone.name, "slug": zone.slug, "position": zone.position,
            "activities": ["sports"] if zone.slug == "arena" else zone.activities,
        }.items()
    }  # fmt: skip
    count = world.module.zones.count()
    form = {"name": "SEE-1", "slug": "see-1", "position": 0, "zones-TOTAL_FORMS": count, "zones-INITIAL_FORMS": count}
    response = saved_once_more(staff, address, form | rows, booking.reference)
    assert "1 booking flagged for attention." in told(response)
    assert again(booking).attention == ["phase_changed"]


@pytest.mark.parametrize(
    ("model", "codename"),
    [
        ("closure", "closure"),
        ("phase", "phase"),
        ("flightrules", "flightrules"),
        ("trajectoryevent", "trajectoryevent"),
    ],
)
def test_whoever_may_only_look_changes_nothing(world: World, permitted, model: str, codename: str) -> None:
    closure, booking = shut(world), world.reserve(span("03-12 10:00"), status=Status.REQUESTED)
    client = permitted(f"view_{codename}")
    things = {"closure": closure, "phase": Phase.objects.last(), "flightrules": FlightRules.objects.last()}
    assert client.get(f"/admin/modules/{model}/").status_code == 200
    assert client.get(f"/admin/modules/{model}/add/").status_code == 403
    thing = things.get(model)
    if thing is not None:
        page = f"/admin/modules/{model}/{thing.pk}/"
        assert client.get(f"{page}change/").status_code == 200
        assert client.post(f"{page}change/", closing(world, seen_revision=1)).status_code == 403
    said = {"do_it": "1", "reason": "Because.", f"version_{closure.pk}": 1}
    assert client.post(f"{CLOSURES}{closure.pk}/withdraw_one/", said).status_code == 403
    assert Closure.objects.standing().count() == 1
    assert again(booking).attention == []
