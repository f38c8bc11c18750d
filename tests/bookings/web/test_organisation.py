"""Members and roles: who may do what to whom, and who belongs to several organisations."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from bookings import members, saved_searches
from bookings.exceptions import Invalid
from bookings.keys import make_key
from bookings.models import Invitation, Membership, Organisation, Role
from bookings.search import SearchRequest
from see1.settings import accounts
from tests.bookings.replanning.rounds import close, confirmed, offered
from tests.bookings.web.conftest import browser
from tests.bookings.web.members import PAGE, invite, letter_to, member, roles
from tests.bookings.web.test_accounts import linked
from tests.callers import Caller
from tests.world import NOW, Company, World, company, span


def facts_of(company: Company) -> tuple[str, dict[str, str], list[str]]:
    """Its name, its members' roles, whom it has invited."""
    company.organisation.refresh_from_db()
    invited = Invitation.objects.filter(organisation=company.organisation).values_list("email", flat=True)
    return company.organisation.name, roles(company), list(invited)


class TestRoles:
    """What each may do on the page; `None` for a stranger to the organisation."""

    @pytest.mark.parametrize(
        ("role", "invites", "changes", "removes", "names"),
        [
            (Role.OWNER, 302, 302, 302, 302),
            (Role.BOOKER, 403, 403, 403, 403),
            (Role.VIEWER, 403, 403, 403, 403),
            (None, 302, 404, 404, 302),  # in an organisation of their own: ours is not touched
        ],
    )
    def test_by_page(
        self, world: World, role: str | None, invites: int, changes: int, removes: int, names: int
    ) -> None:
        other = member(world.ours, Role.VIEWER, "other")
        client = browser(member(world.ours, role) if role else world.theirs.owner)
        facts = {"name": "Renamed", "time_zone": "Europe/Paris", "language": "fr"}
        before = roles(world.ours)
        answers = [
            client.post(f"{PAGE}invite/", {"email": "new@aurora.example", "role": "viewer"}).status_code,
            client.post(f"{PAGE}members/{other.pk}/role/", {"role": "booker"}).status_code,
            client.post(f"{PAGE}members/{other.pk}/remove/").status_code,
            client.post(PAGE, facts).status_code,
        ]
        assert answers == [invites, changes, removes, names]
        world.ours.organisation.refresh_from_db()
        if role == Role.OWNER:
            assert "other@aurora.example" not in roles(world.ours)
            assert world.ours.organisation.name == "Renamed"
        else:
            assert roles(world.ours) == before
            assert world.ours.organisation.name == "Aurora Pictures"
            assert not Invitation.objects.filter(organisation=world.ours.organisation).exists()

    def test_a_viewer_looks_and_does_not_book_by_page_or_by_key(self, world: World) -> None:
        booking = world.reserve(span("03-10 10:00"))
        person = member(world.ours, Role.VIEWER)
        client = browser(person)
        assert client.get(f"/bookings/{booking.pk}/").status_code == 200
        assert client.get("/bookings/new/").status_code == 403
        assert client.post(f"/bookings/{booking.pk}/release/").status_code == 403
        _, key = make_key(user=person, organisation=world.ours.organisation, name="x", at=NOW)
        system = Caller(key)
        assert system.get(f"bookings/{booking.pk}/").status_code == 200
        assert system.post("productions/", {"title": "A", "activity": "music"}).status_code == 403
        Membership.objects.filter(user=person).update(role=Role.BOOKER)
        assert system.post("productions/", {"title": "A", "activity": "music"}).status_code == 201

    def test_change(self, world: World, ours: Client) -> None:
        other = member(world.ours, Role.VIEWER)
        assert ours.post(f"{PAGE}members/{other.pk}/role/", {"role": "owner"}).status_code == 302
        assert roles(world.ours)[other.email] == Role.OWNER
        assert ours.post(f"{PAGE}members/{other.pk}/role/", {"role": "emperor"}).status_code == 400
        assert ours.post(f"{PAGE}members/{world.theirs.owner.pk}/role/", {"role": "owner"}).status_code == 404

    def test_the_last_owner_stays_one(self, world: World, ours: Client) -> None:
        owner = world.ours.owner
        demoted = ours.post(f"{PAGE}members/{owner.pk}/role/", {"role": "viewer"})
        assert (demoted.status_code, "needs an owner" in demoted.text) == (409, True)
        left = ours.post(f"{PAGE}members/{owner.pk}/remove/")
        assert (left.status_code, "needs an owner" in left.text) == (409, True)
        assert roles(world.ours) == {owner.email: Role.OWNER}
        member(world.ours, Role.OWNER)
        assert ours.post(f"{PAGE}members/{owner.pk}/remove/").status_code == 302
        assert owner.email not in roles(world.ours)


class TestRemoval:
    def test_asks_first_and_ends_keys_and_sight(self, world: World, ours: Client) -> None:
        booking = world.reserve(span("03-10 10:00"))
        person = member(world.ours, Role.OWNER)
        theirs = browser(person)
        _, key = make_key(user=person, organisation=world.ours.organisation, name="x", at=NOW)
        assert Caller(key).get("bookings/").status_code == 200
        asked = ours.get(f"{PAGE}members/{person.pk}/remove/")
        assert "One API key" in asked.text
        assert person.email in roles(world.ours)
        assert ours.post(f"{PAGE}members/{person.pk}/remove/").status_code == 302
        assert Caller(key).get("bookings/").status_code == 401
        assert theirs.get(f"/bookings/{booking.pk}/").status_code == 404
        assert theirs.get(PAGE).status_code == 404

    @pytest.mark.parametrize(("path", "data"), [("remove/", {}), ("role/", {"role": "booker"})])
    def test_ends_what_they_invited_so_that_nobody_comes_back_as_an_owner(
        self, world: World, ours: Client, path: str, data: dict[str, str]
    ) -> None:
        person = member(world.ours, Role.OWNER)
        invite(ours, "kept@aurora.example")
        invite(browser(person), "theirs@borealis.example", "owner")
        link = linked(letter_to("theirs@borealis.example"))
        assert ours.post(f"{PAGE}members/{person.pk}/{path}", data).status_code == 302
        answer = browser(world.theirs.owner).post(link)
        assert answer.status_code == 403
        assert "theirs@borealis.example" not in roles(world.ours)
        assert [one.email for one in Invitation.objects.unanswered()] == ["kept@aurora.example"]

    def test_by_staff_ends_keys_too(self, world: World) -> None:
        person = member(world.ours, Role.OWNER)
        _, key = make_key(user=person, organisation=world.ours.organisation, name="x", at=NOW)
        Membership.objects.filter(user=person).delete()
        assert Caller(key).get("bookings/").status_code == 401

    def test_everybody_may_leave(self, world: World) -> None:
        person = member(world.ours, Role.VIEWER)
        client = browser(person)
        assert "Leave" in client.get(PAGE).text
        assert client.post(f"{PAGE}members/{person.pk}/remove/").headers["Location"] == "/"
        assert person.email not in roles(world.ours)
        assert "You belong to none" in client.get("/organisations/").text


class TestSeveral:
    @pytest.fixture
    def second(self, world: World) -> Company:
        """A second company whose owner ours also is a viewer of."""
        other = company("Zenith Sport", "zenith@zenith.example")
        Membership.objects.create(organisation=other.organisation, user=world.ours.owner, role=Role.VIEWER)
        return other

    def test_one_works_for_one_at_a_time(self, world: World, second: Company, ours: Client) -> None:
        mine = world.reserve(span("03-10 10:00"))
        theirs = world.reserve(span("03-11 10:00"), by=second)
        page = ours.get("/bookings/?show=all").text
        assert (mine.reference in page, theirs.reference in page) == (True, False)
        assert ours.get("/bookings/new/").status_code == 200
        ours.post(f"/organisations/{second.organisation.pk}/choose/")
        page = ours.get("/bookings/?show=all").text
        assert (mine.reference in page, theirs.reference in page) == (False, True)
        assert "Zenith Sport" in page
        assert ours.get("/bookings/new/").status_code == 403, "a viewer there"
        assert ours.post(f"/organisations/{world.theirs.organisation.pk}/choose/").status_code == 404

    def test_a_link_leads_to_the_right_one(self, world: World, second: Company, ours: Client) -> None:
        theirs = world.reserve(span("03-11 10:00"), by=second)
        page = ours.get(f"/bookings/{theirs.pk}/")
        assert page.status_code == 200
        assert "Zenith Sport" in page.text
        foreign = world.reserve(span("03-12 10:00"), by=world.theirs)
        assert ours.get(f"/bookings/{foreign.pk}/").status_code == 404

    def test_so_does_a_link_to_an_offer_and_to_a_shared_search(
        self, world: World, second: Company, ours: Client
    ) -> None:
        booking = confirmed(world, by=second)
        close(world)
        (proposal,) = offered(world, booking)
        search = saved_searches.save(
            actor=second.actor,
            name="Nights",
            request=SearchRequest(world.module, "filming", timedelta(hours=2), span("03-10 00:00", 24)),
            organisation_id=second.organisation.pk,
            at=NOW,
        )
        assert [ours.get(f"/searches/{search.pk}/").status_code, ours.get("/proposals/").status_code] == [302, 200]
        ours.post(f"/organisations/{world.ours.organisation.pk}/choose/")
        assert ours.get(f"/proposals/{proposal.pk}/").status_code == 200
        assert browser(world.theirs.owner).get(f"/proposals/{proposal.pk}/").status_code == 404

    @pytest.mark.parametrize(
        ("path", "data"),
        [
            ("", {"name": "Renamed", "time_zone": "Europe/Paris", "language": "fr"}),
            ("invite/", {"email": "friend@anywhere.example", "role": "owner"}),
            ("members/{person}/role/", {"role": "owner"}),
            ("members/{person}/remove/", {}),
        ],
    )
    def test_a_form_is_of_the_organisation_it_stood_on_though_another_tab_chose_another(
        self, world: World, second: Company, ours: Client, path: str, data: dict[str, str]
    ) -> None:
        """Else an invitation meant for one company opens the door of another."""
        Membership.objects.filter(user=world.ours.owner).update(role=Role.OWNER)
        person = member(world.ours, Role.VIEWER)
        Membership.objects.create(organisation=second.organisation, user=person, role=Role.VIEWER)
        before = facts_of(second)
        page = ours.get(PAGE if path != "members/{person}/remove/" else f"{PAGE}members/{person.pk}/remove/")
        (named,) = set(re.findall(r'name="organisation" value="([^"]+)"', page.text))
        ours.post(f"/organisations/{second.organisation.pk}/choose/")
        was = facts_of(world.ours)
        answer = ours.post(PAGE + path.format(person=person.pk), {**data, "organisation": named})
        assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
        assert facts_of(second) == before
        assert facts_of(world.ours) != was
        strangers = {**data, "organisation": str(world.theirs.organisation.pk)}
        assert ours.post(PAGE + path.format(person=person.pk), strangers).status_code == 404

    def test_another_can_be_founded(self, world: World, ours: Client) -> None:
        facts = {"name": "Alba Live", "time_zone": "Europe/Rome", "language": "it"}
        assert "is founded" in ours.post("/organisations/", facts, follow=True).text
        assert Membership.objects.get(organisation__name="Alba Live").role == Role.OWNER
        assert ours.post("/organisations/", facts | {"time_zone": "Mars/Olympus"}).status_code == 400

    def test_founding_again_and_again_is_stopped(
        self, world: World, ours: Client, settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(members, "MOST_OWNED", 4)
        settings.ACCOUNT_RATE_LIMITS = {"found_organisation": "4/h/user"}
        cache.clear()
        facts = {"time_zone": "UTC", "language": "en"}
        answers = [ours.post("/organisations/", facts | {"name": f"Number {n}"}) for n in range(5)]
        cache.clear()
        assert [answer.status_code for answer in answers] == [302, 302, 302, 400, 400]
        assert "at most 4 organisations" in answers[3].text
        assert "within the hour" in answers[4].text
        assert Organisation.objects.filter(name__startswith="Number").count() == 3

    def test_where_foundings_cannot_be_counted_none_is_founded(
        self, world: World, ours: Client, settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*args: object, **options: object) -> None:
            raise RedisAway("no")

        settings.ACCOUNT_RATE_LIMITS = accounts.ACCOUNT_RATE_LIMITS
        monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.add", away)
        answer = ours.post("/organisations/", {"name": "Alba", "time_zone": "UTC", "language": "en"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert not Organisation.objects.filter(name="Alba").exists()

    def test_no_name_leads_anywhere(self, world: World, ours: Client) -> None:
        facts = {"name": "Win at https://evil.example", "time_zone": "Europe/Rome", "language": "it"}
        for path in ("/organisations/", PAGE):
            refused = ours.post(path, facts)
            assert (refused.status_code, "without a web address" in refused.text) == (400, True)
        with pytest.raises(Invalid, match="without a web address"):
            members.found_organisation(user=world.ours.owner, **facts)
        assert not Organisation.objects.filter(name__contains="evil").exists()
