"""Members, roles and invitations: who may do what to whom, and where a link leads over its life."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from bookings import invitations, members
from bookings.exceptions import Invalid
from bookings.invitations import token_of
from bookings.keys import make_key
from bookings.models import Invitation, Membership, Organisation, Role, User
from bookings.web import sign_up
from tests.bookings.web.conftest import browser
from tests.bookings.web.test_accounts import PASSWORD, delivered, linked
from tests.callers import Caller
from tests.world import NOW, Company, World, company, span

PAGE = "/organisation/"


def member(company: Company, role: str, name: str = "colleague") -> User:
    user = User.objects.create_user(f"{name}@aurora.example", PASSWORD)
    Membership.objects.create(organisation=company.organisation, user=user, role=role)
    return user


def roles(company: Company) -> dict[str, str]:
    return dict(company.organisation.memberships.values_list("user__email", "role"))


def invite(client: Client, email: str = "new@aurora.example", role: str = "booker"):
    return client.post(f"{PAGE}invite/", {"email": email, "role": role}, follow=True)


def letter_to(address: str) -> mail.EmailMessage:
    return [letter for letter in delivered() if letter.to == [address]][-1]


class TestInvitation:
    def test_makes_a_newcomer_a_member_with_its_role(self, world: World, ours: Client) -> None:
        assert "on its way" in invite(ours, "New@Aurora.example").text
        letter = letter_to("new@aurora.example")
        assert "Aurora Pictures" in letter.subject
        client = Client()
        assert "Make your account" in client.get(linked(letter)).text
        form = client.get("/accounts/signup/")
        assert "new@aurora.example" in form.text
        assert "Production company" not in form.text
        data = {"first_name": "Nina", "last_name": "Sole", "password1": "a rather long password"}
        answer = client.post("/accounts/signup/", data | {"email": "somebody@else.example"})
        assert answer.headers["Location"] == "/"
        assert "Aurora Pictures" in client.get("/").text, "the link came by mail, so the address is verified"
        assert roles(world.ours)["new@aurora.example"] == Role.BOOKER
        assert not User.objects.filter(email="somebody@else.example").exists()
        assert Organisation.objects.count() == 2, "nothing else was founded"

    def test_can_be_passed_over_for_a_company_of_one_s_own(self, world: World, ours: Client) -> None:
        invite(ours)
        client = Client()
        client.get(linked(letter_to("new@aurora.example")))
        assert "Production company" not in client.get("/accounts/signup/").text
        assert "Production company" in client.get("/accounts/signup/?own").text
        assert "Production company" in client.get("/accounts/signup/").text

    def test_leads_whoever_has_an_account_through_the_log_in(self, world: World, ours: Client) -> None:
        invite(ours, "theirs@borealis.example", "viewer")
        path = linked(letter_to("theirs@borealis.example"))
        client = Client()
        page = client.get(path)
        assert "Log in to accept" in page.text
        log_in = {"login": "theirs@borealis.example", "password": PASSWORD, "next": path}
        assert client.post("/accounts/login/", log_in).headers["Location"] == path
        assert "Accept" in client.get(path).text
        assert "You belong to Aurora Pictures now" in client.post(path, follow=True).text
        assert roles(world.ours)["theirs@borealis.example"] == Role.VIEWER

    def test_works_once(self, world: World, ours: Client, theirs: Client) -> None:
        invite(ours, "theirs@borealis.example")
        path = linked(letter_to("theirs@borealis.example"))
        assert theirs.post(path).status_code == 302
        Membership.objects.filter(organisation=world.ours.organisation, user=world.theirs.owner).delete()
        assert theirs.get(path).status_code == 410
        assert theirs.post(path).status_code == 403
        assert "theirs@borealis.example" not in roles(world.ours)

    def test_is_for_its_address_alone(self, world: World, ours: Client, theirs: Client) -> None:
        invite(ours, "new@aurora.example")
        path = linked(letter_to("new@aurora.example"))
        assert "Log out, and open the link again" in theirs.get(path).text
        assert theirs.post(path).status_code == 403
        assert "theirs@borealis.example" not in roles(world.ours)

    def test_is_good_for_a_week(self, world: World, ours: Client) -> None:
        invite(ours, "theirs@borealis.example")
        path = linked(letter_to("theirs@borealis.example"))
        with time_machine.travel(NOW + timedelta(days=7), tick=False):
            late = browser(world.theirs.owner)
            assert late.get(path).status_code == 410
            assert "too old" in late.get(path).text
            assert late.post(path).status_code == 403
            assert "too old" in browser(world.ours.owner).get(PAGE).text
        assert "theirs@borealis.example" not in roles(world.ours)

    def test_can_be_taken_back(self, world: World, ours: Client, theirs: Client) -> None:
        invite(ours, "theirs@borealis.example")
        path = linked(letter_to("theirs@borealis.example"))
        (one,) = Invitation.objects.all()
        assert "is taken back" in ours.post(f"{PAGE}invitations/{one.pk}/revoke/", follow=True).text
        assert theirs.get(path).status_code == 410
        assert theirs.post(path).status_code == 403
        assert ours.post(f"{PAGE}invitations/{one.pk}/revoke/").status_code == 404

    def test_one_that_is_taken_back_before_it_is_sent_is_not_sent(self, world: World, ours: Client) -> None:
        invite(ours)
        ours.post(f"{PAGE}invitations/{Invitation.objects.get().pk}/revoke/")
        assert delivered() == []

    @pytest.mark.parametrize("meanwhile", [True, False], ids=["as the form is sent", "before it"])
    def test_one_that_is_taken_back_while_its_form_is_open_leaves_no_account(
        self, world: World, ours: Client, meanwhile: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invite(ours)
        client = Client()
        client.get(linked(letter_to("new@aurora.example")))
        assert "new@aurora.example" in client.get("/accounts/signup/").text

        def revoke() -> None:
            ours.post(f"{PAGE}invitations/{Invitation.objects.get().pk}/revoke/")

        if meanwhile:
            accept = sign_up.accept_invitation
            monkeypatch.setattr(sign_up, "accept_invitation", lambda **asked: (revoke(), accept(**asked)))
        else:
            revoke()
        data = {"first_name": "Nina", "last_name": "Sole", "password1": "a rather long password"}
        answer = client.post("/accounts/signup/", data)
        assert answer.status_code == 410
        assert "was taken back" in answer.text
        assert not User.objects.filter(email="new@aurora.example").exists()
        assert "Production company" in client.get("/accounts/signup/").text

    def test_another_replaces_the_first(self, world: World, ours: Client, theirs: Client) -> None:
        invite(ours, "theirs@borealis.example", "owner")
        first = linked(letter_to("theirs@borealis.example"))
        invite(ours, "theirs@borealis.example", "viewer")
        second = linked(letter_to("theirs@borealis.example"))
        assert theirs.post(first).status_code == 403
        assert theirs.post(second).status_code == 302
        assert roles(world.ours)["theirs@borealis.example"] == Role.VIEWER

    def test_nobody_is_mailed_again_and_again(self, world: World, ours: Client) -> None:
        for _again in range(3):
            assert "on its way" in invite(ours).text
        refused = invite(ours)
        assert (refused.status_code, "Try again tomorrow" in refused.text) == (400, True)
        assert Invitation.objects.unanswered().get().is_open(NOW), "the last one stays good"
        assert "on its way" in invite(ours, "other@aurora.example").text
        with time_machine.travel(NOW + timedelta(days=1), tick=False):
            assert "on its way" in invite(browser(world.ours.owner)).text

    def test_so_many_go_out_in_a_day(
        self, world: World, ours: Client, theirs: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
        for name in ("one", "two"):
            invite(ours, f"{name}@aurora.example")
        Invitation.objects.update(revoked_at=NOW)
        assert invite(ours, "three@aurora.example").status_code == 400
        assert "on its way" in invite(theirs, "three@aurora.example").text, "others have their own"

    def test_nobody_makes_one_up(self, world: World, theirs: Client) -> None:
        for made_up in ("nonsense", "MTA:1abcde:nonsense", "%00", "x" * 3000):
            assert theirs.get(f"/invitations/{made_up}/").status_code == 404

    @pytest.mark.parametrize(
        ("email", "role", "words"),
        [
            ("ours@aurora.example", "booker", "a member already"),
            ("nonsense", "booker", "Enter a valid email address"),
            ("new@aurora.example", "emperor", "valid choice"),
            ("x@demo.see1.example", "booker", "belong to the demo"),
        ],
    )
    def test_that_makes_no_sense(self, world: World, ours: Client, email: str, role: str, words: str) -> None:
        answer = ours.post(f"{PAGE}invite/", {"email": email, "role": role})
        assert answer.status_code == 400
        assert words in answer.text
        assert not Invitation.objects.exists()


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

    def test_another_can_be_founded(self, world: World, ours: Client) -> None:
        facts = {"name": "Alba Live", "time_zone": "Europe/Rome", "language": "it"}
        assert "is founded" in ours.post("/organisations/", facts, follow=True).text
        assert Membership.objects.get(organisation__name="Alba Live").role == Role.OWNER
        assert ours.post("/organisations/", facts | {"time_zone": "Mars/Olympus"}).status_code == 400

    def test_no_name_leads_anywhere(self, world: World, ours: Client) -> None:
        facts = {"name": "Win at https://evil.example", "time_zone": "Europe/Rome", "language": "it"}
        for path in ("/organisations/", PAGE):
            refused = ours.post(path, facts)
            assert (refused.status_code, "without a web address" in refused.text) == (400, True)
        with pytest.raises(Invalid, match="without a web address"):
            members.found_organisation(user=world.ours.owner, **facts)
        assert not Organisation.objects.filter(name__contains="evil").exists()


def test_a_link_is_of_an_invitation_and_of_nothing_else(world: World, ours: Client, theirs: Client) -> None:
    invite(ours, "theirs@borealis.example")
    (one,) = Invitation.objects.all()
    assert theirs.get(f"/accounts/confirm-email/{token_of(one)}/").status_code == 200
    assert Invitation.objects.get().accepted_at is None
