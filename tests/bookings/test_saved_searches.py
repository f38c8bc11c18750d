"""A kept search asks the same again, or the same along with the day; and nobody else learns of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings import actors, saved_searches
from bookings.conditions import Conditions, Lighting
from bookings.exceptions import Invalid, NotAllowed, NotFound
from bookings.keys import make_key
from bookings.models import Membership, Role, SavedSearch, Scope, User
from bookings.search import SearchRequest
from modules.intervals import Span
from tests.world import NOW, World

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def asked(world: World, **more) -> SearchRequest:
    span = Span(NOW + 3 * DAY, NOW + 9 * DAY)
    return SearchRequest(module=world.module, activity="filming", duration=2 * HOUR, span=span, **more)


DEMANDING = {
    "zones": ("arena",),
    "crew": 2,
    "power_kw": Decimal("2.5"),
    "downlink_mbps": 100,
    "crew_awake": False,
    "step_minutes": 15,
    "conditions": Conditions(
        lighting=Lighting.NIGHT,
        lighting_min=timedelta(minutes=20),
        latitude=41.9,
        longitude=-12.5,
        min_elevation_degrees=20.0,
        pass_min=timedelta(minutes=4),
        downlink_min=timedelta(minutes=20),
    ),
}


@pytest.mark.parametrize("more", [{}, DEMANDING, {"conditions": Conditions(place="rome")}])
def test_what_was_asked_is_asked_again(world: World, more: dict[str, object]) -> None:
    request = asked(world, **more)
    made = saved_searches.save(actor=world.ours.actor, name="Night", request=request, at=NOW)
    read = SavedSearch.objects.get(pk=made.pk)
    assert saved_searches.request_of(read, at=NOW + 40 * DAY) == request


def test_its_days_follow_today_where_they_shall(world: World) -> None:
    request = asked(world)
    made = saved_searches.save(actor=world.ours.actor, name="x", request=request, follows_today=True, at=NOW)
    again = saved_searches.request_of(made, at=NOW + 40 * DAY + 11 * HOUR)
    assert again.span == Span(request.span.starts_at + 40 * DAY, request.span.ends_at + 40 * DAY)
    assert saved_searches.request_of(made, at=NOW + 11 * HOUR).span == request.span


def test_who_sees_it(world: World) -> None:
    colleague = User.objects.create_user("colleague@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=colleague)
    other = actors.person(colleague, via="page")
    own = saved_searches.save(actor=world.ours.actor, name="mine", request=asked(world), at=NOW)
    ours = saved_searches.save(
        actor=world.ours.actor,
        name="ours",
        request=asked(world),
        organisation_id=world.ours.organisation.pk,
        at=NOW,
    )
    assert sorted(s.name for s in saved_searches.of(world.ours.actor)) == ["mine", "ours"]
    assert [s.name for s in saved_searches.of(other)] == ["ours"]
    assert [s.name for s in saved_searches.of(world.theirs.actor)] == []
    with pytest.raises(NotFound):
        saved_searches.get(other, own.pk)
    with pytest.raises(NotFound):
        saved_searches.delete(actor=world.theirs.actor, search_id=ours.pk)
    with pytest.raises(NotAllowed):
        saved_searches.delete(actor=other, search_id=ours.pk)
    with pytest.raises(NotFound):
        saved_searches.save(
            actor=other, name="x", request=asked(world), organisation_id=world.theirs.organisation.pk, at=NOW
        )


def test_who_may_only_look_shares_nothing_and_an_owner_tidies_up(world: World) -> None:
    colleague = User.objects.create_user("colleague@aurora.example", "a long enough password")
    belongs = Membership.objects.create(organisation=world.ours.organisation, user=colleague, role=Role.BOOKER)

    def share(actor: actors.Actor) -> SavedSearch:
        shared_with = world.ours.organisation.pk
        return saved_searches.save(actor=actor, name="x", request=asked(world), organisation_id=shared_with, at=NOW)

    shared = share(actors.person(colleague, via="page"))
    belongs.role = Role.VIEWER
    belongs.save()
    viewer = actors.person(colleague, via="page")
    key, _secret = make_key(user=colleague, organisation=world.ours.organisation, name="k", at=NOW)
    for actor in (viewer, actors.partner(key)):
        with pytest.raises(NotAllowed):
            share(actor)
        with pytest.raises(NotAllowed):
            saved_searches.change(actor=actor, search_id=shared.pk, name="y")
    own = saved_searches.save(actor=viewer, name="mine", request=asked(world), at=NOW)
    with pytest.raises(NotFound):
        saved_searches.delete(actor=world.ours.actor, search_id=own.pk)
    saved_searches.delete(actor=world.ours.actor, search_id=shared.pk)
    saved_searches.delete(actor=viewer, search_id=own.pk)
    assert not SavedSearch.objects.exists()


def test_a_key_keeps_its_organisations_searches(world: World) -> None:
    saved_searches.save(actor=world.ours.actor, name="private", request=asked(world), at=NOW)
    key, _secret = make_key(
        user=world.ours.owner, organisation=world.ours.organisation, name="k", at=NOW, scopes=[Scope.BOOK]
    )
    made = saved_searches.save(actor=actors.partner(key), name="by key", request=asked(world), at=NOW)
    assert made.organisation == world.ours.organisation
    assert [s.name for s in saved_searches.of(actors.partner(key))] == ["by key"]
    saved_searches.change(actor=actors.partner(key), search_id=made.pk, name="renamed", follows_today=True)
    assert [(s.name, s.follows_today) for s in saved_searches.of(actors.partner(key))] == [("renamed", True)]


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "two\nlines"])
def test_a_name_is_one_line(world: World, name: str) -> None:
    with pytest.raises(Invalid):
        saved_searches.save(actor=world.ours.actor, name=name, request=asked(world), at=NOW)


def test_what_makes_no_sense_is_not_kept(world: World) -> None:
    with pytest.raises(Invalid, match="galley"):
        saved_searches.save(actor=world.ours.actor, name="x", request=asked(world, zones=("galley",)), at=NOW)
    assert not SavedSearch.objects.exists()
