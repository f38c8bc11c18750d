"""What a booking asked of the orbit is kept, checked, and looked at again when the orbit is known better."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bookings import lifecycle, refreshing, replanning
from bookings.conditions import parse
from bookings.exceptions import Invalid, RuleBroken, SlotTaken
from bookings.lifecycle.actions import draft_of
from bookings.models import Booking, Mail, Transition
from bookings.search import SearchRequest, find
from bookings.search.nearest import nearest
from bookings.states import Status
from modules import operations
from modules.intervals import Span
from modules.models import DownlinkProvider, OrbitElements
from tests.modules.conditions.test_timeline import real
from tests.world import NOW, World

NIGHT = {"lighting": "night", "lighting_min": "PT20M"}
PASS = {"place": "rome", "pass_min": "PT1M", "min_elevation": 5.0}


def windows(world: World, asked: dict[str, Any], *, minutes: int = 30, days: float = 2, crew_awake: bool = True):
    request = SearchRequest(
        module=world.module,
        activity="filming",
        duration=timedelta(minutes=minutes),
        span=Span(NOW + timedelta(hours=48), NOW + timedelta(hours=48, days=days)),
        zones=("arena",),
        conditions=parse(asked),
        crew_awake=crew_awake,
    )
    return find(request, at=NOW).windows


def booked(world: World, asked: dict[str, Any], **search: Any) -> Booking:
    window = windows(world, asked, **search)[0]
    return world.reserve(window.span, conditions=asked)


def attention(booking: Booking) -> list[str]:
    return Booking.objects.get(pk=booking.pk).attention


def shifted(world: World, degrees: float) -> OrbitElements:
    """A real set in the nominal orbit, ahead in it by so many degrees."""
    nominal = OrbitElements.objects.get(phase_kind="docked", nominal=True)
    ahead = (nominal.mean_anomaly_degrees + degrees) % 360
    return real(world.module, nominal.epoch, mean_anomaly_degrees=ahead)


def look(world: World) -> replanning.Reviewed:
    return replanning.recheck_conditions(world.module, reason="New elements", actor=world.staff, at=NOW)


@pytest.mark.parametrize("asked", [NIGHT, {"lighting": "sunrise"}, PASS, {"downlink_min": "PT20M"}])
def test_what_the_search_offers_for_conditions_can_be_booked_with_them(world: World, asked) -> None:
    offered = windows(world, asked, crew_awake=False)
    assert offered
    for window in offered[:3]:
        booking = world.reserve(window.span, conditions=asked, status=Status.REQUESTED)
        assert booking.checked_elements == OrbitElements.objects.get(phase_kind="docked")
        assert booking.checked["tier"] == window.tier
        booking.claims.update(rank=None)


def test_a_window_without_what_it_asks_is_refused_by_name_and_nothing_is_done(world: World) -> None:
    start = NOW + timedelta(hours=72)
    window = Span(start, start + timedelta(hours=2))
    with pytest.raises(RuleBroken, match="longest orbital night") as refused:
        world.reserve(window, conditions={"lighting": "night", "lighting_min": "PT50M"})
    assert refused.value.code == "conditions_not_met"
    assert refused.value.errors[0].field == "conditions"
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"lighting": "dusk"}, "conditions.lighting"), ({"place": "atlantis"}, "place"), ({"moon": 1}, "conditions.moon")],
)
def test_conditions_that_make_no_sense_are_refused_by_field(world: World, asked, field) -> None:
    start = NOW + timedelta(hours=72)
    with pytest.raises(Invalid) as refused:
        world.reserve(Span(start, start + timedelta(hours=2)), conditions=asked)
    assert refused.value.errors[0].field == field


def test_a_quote_looks_at_the_orbit_too(world: World) -> None:
    start = NOW + timedelta(hours=72)
    draft = world.draft(
        Span(start, start + timedelta(hours=1)), conditions={"lighting": "night", "lighting_min": "PT50M"}
    )
    with pytest.raises(RuleBroken):
        lifecycle.quote(actor=world.ours.actor, draft=draft, at=NOW)


def test_a_booking_without_conditions_asks_nothing_of_the_orbit(world: World) -> None:
    OrbitElements.objects.all().delete()
    start = NOW + timedelta(hours=72)
    booking = world.reserve(Span(start, start + timedelta(hours=2)))
    assert (booking.checked, booking.checked_elements) == ({}, None)


def test_a_move_is_checked_and_a_change_of_crew_is_not_held_against_the_orbit(world: World) -> None:
    booking = booked(world, NIGHT)
    day = windows(world, {"lighting": "day", "lighting_min": "PT30M"}, days=3)[0].span
    away = {"starts_at": day.starts_at, "ends_at": day.ends_at}
    with pytest.raises(RuleBroken):
        lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=away, at=NOW)
    shifted(world, 180)
    look(world)
    changed = lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes={"crew": 2}, at=NOW)
    assert (changed.crew, changed.attention) == (2, ["conditions_drifted"])
    free = lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes={"conditions": {}}, at=NOW)
    assert (free.attention, free.checked) == ([], {})


def test_better_elements_flag_what_they_take_and_clear_what_they_give_back(world: World) -> None:
    booking = booked(world, NIGHT)
    assert look(world).flagged == ()
    elements = shifted(world, 180)
    (flagged,) = look(world).flagged
    assert (flagged.pk, attention(booking)) == (booking.pk, ["conditions_drifted"])
    assert look(world).flagged == (), "said once"
    findings = Transition.objects.filter(booking=booking, action="attention").get().detail["findings"]
    text = " ".join(findings)
    assert "unbroken night" in text
    assert "sunrise has moved by" in text
    assert "nearest window that has it all: " in text
    assert Mail.objects.filter(booking=booking, kind="attention").exists()
    elements.status = "quarantined"
    elements.save()
    assert [b.pk for b in look(world).cleared] == [booking.pk]
    assert attention(booking) == []


def test_the_sunrise_moved_by_as_much_as_the_orbit_was_shifted(world: World) -> None:
    asked = {"lighting": "sunrise"}
    booking = booked(world, asked)
    shifted(world, -40)
    look(world)
    (detail,) = Transition.objects.filter(booking=booking, action="attention").values_list("detail", flat=True)
    moved = next(text for text in detail["findings"] if "sunrise has moved" in text)
    assert "10 min" in moved, "40° of 93 minutes behind"
    assert "later" in moved


def test_the_nearest_window_that_is_named_can_be_moved_to(world: World) -> None:
    booking = booked(world, NIGHT)
    shifted(world, 180)
    look(world)
    offer = nearest(draft_of(booking), world.module, at=NOW, but=booking.pk)[0]
    from_iso = type(NOW).fromisoformat
    changes = {"starts_at": from_iso(offer["starts_at"]), "ends_at": from_iso(offer["ends_at"])}
    if tuple(offer["zones"]) != ("arena",):
        changes["zones"] = tuple(offer["zones"])
    moved = lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=changes, at=NOW)
    assert moved.attention == []
    assert moved.checked_elements.nominal is False


def test_a_reboost_that_is_declared_makes_times_less_sure(world: World) -> None:
    booking = booked(world, {"lighting": "night", "lighting_min": "PT27M"})
    declare = partial(
        operations.declare_closure,
        module=world.module,
        kind="reboost",
        starts_at=NOW + timedelta(hours=24),
        ends_at=NOW + timedelta(hours=25),
    )
    done = replanning.apply(world.module, declare, reason="Reboost", actor=world.staff, at=NOW)
    assert [b.pk for b in done.reviewed.flagged] == [booking.pk]
    assert attention(booking) == ["conditions_drifted"]
    closure = world.module.closures.get()
    withdraw = partial(operations.withdraw_closure, closure_id=closure.pk)
    done = replanning.apply(world.module, withdraw, reason="Called off", actor=world.staff, at=NOW)
    assert [b.pk for b in done.reviewed.cleared] == [booking.pk]


def test_other_flags_stay_as_they_are(world: World) -> None:
    booking = booked(world, NIGHT)
    Booking.objects.filter(pk=booking.pk).update(attention=["closure"])
    shifted(world, 180)
    look(world)
    assert attention(booking) == ["closure", "conditions_drifted"]


def test_a_place_that_is_gone_is_an_attention_not_an_error(world: World) -> None:
    booking = booked(world, PASS, crew_awake=False, days=3)
    world.module.bookings.filter(pk=booking.pk).update(conditions={**PASS, "place": "atlantis"})
    look(world)
    assert attention(booking) == ["conditions_drifted"]


def test_requesting_keeps_the_flag_that_still_holds(world: World) -> None:
    booking = booked(world, NIGHT)
    shifted(world, 180)
    look(world)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    assert attention(booking) == ["conditions_drifted"]


def test_alternatives_to_a_window_that_is_taken_have_what_it_asks(world: World) -> None:
    taken = booked(world, NIGHT)
    with pytest.raises(SlotTaken) as refused:
        world.reserve(taken.span, conditions=NIGHT, status=Status.REQUESTED)
    offers = refused.value.extra["alternatives"]
    assert offers
    from_iso = type(NOW).fromisoformat
    for offer in offers:
        span = Span(from_iso(offer["starts_at"]), from_iso(offer["ends_at"]))
        assert world.reserve(span, zones=tuple(offer["zones"]), conditions=NIGHT).rank == 1


def test_nominal_elements_of_the_day_are_issued_and_bookings_looked_at(world: World) -> None:
    booking = booked(world, NIGHT)
    DownlinkProvider.objects.all().delete()
    later = NOW + timedelta(days=1)
    assert len(refreshing.issue_nominal(world.module, at=later)) == 2
    assert attention(booking) == [], "the same orbit, known as well as before"
