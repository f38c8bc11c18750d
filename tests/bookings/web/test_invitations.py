"""Invitations: where a link leads over its life, and whom it lets in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from bookings import invitations
from bookings.invitations import token_of
from bookings.models import Invitation, Membership, Organisation, Role, User
from bookings.web import invitations as web_invitations
from bookings.web import sign_up
from tests.bookings.web.conftest import browser
from tests.bookings.web.members import PAGE, invite, letter_to, roles
from tests.bookings.web.test_accounts import PASSWORD, delivered, linked
from tests.world import NOW, World


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

    def test_pressed_twice_lets_in_once_and_never_back(self, world: World, ours: Client, theirs: Client) -> None:
        invite(ours, "theirs@borealis.example")
        path = linked(letter_to("theirs@borealis.example"))
        answers = [theirs.post(path, follow=True) for _ in range(2)]
        assert ["You belong to Aurora Pictures now" in answer.text for answer in answers] == [True, True]
        Membership.objects.filter(organisation=world.ours.organisation, user=world.theirs.owner).delete()
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

    @pytest.mark.parametrize("meanwhile", [True, False], ids=["as the form is sent", "before it"])
    def test_one_that_is_deleted_while_its_form_is_open_leaves_no_account(
        self, world: World, ours: Client, meanwhile: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invite(ours)
        client = Client()
        client.get(linked(letter_to("new@aurora.example")))
        if meanwhile:
            accept = sign_up.accept_invitation
            delete = Invitation.objects.all().delete
            monkeypatch.setattr(sign_up, "accept_invitation", lambda **asked: (delete(), accept(**asked)))
        else:
            Invitation.objects.all().delete()
        data = {"first_name": "Nina", "last_name": "Sole", "password1": "a rather long password"}
        answer = client.post("/accounts/signup/", data)
        assert answer.status_code == 410
        assert "There is no such invitation" in answer.text
        assert not User.objects.filter(email="new@aurora.example").exists()

    def test_one_that_is_deleted_as_it_is_accepted_is_not_found(
        self, world: World, ours: Client, theirs: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invite(ours, "theirs@borealis.example")
        path = linked(letter_to("theirs@borealis.example"))
        accept = web_invitations.accept_invitation
        delete = Invitation.objects.all().delete
        monkeypatch.setattr(web_invitations, "accept_invitation", lambda **asked: (delete(), accept(**asked)))
        assert theirs.post(path).status_code == 404

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


def test_a_link_is_of_an_invitation_and_of_nothing_else(world: World, ours: Client, theirs: Client) -> None:
    invite(ours, "theirs@borealis.example")
    (one,) = Invitation.objects.all()
    assert theirs.get(f"/accounts/confirm-email/{token_of(one)}/").status_code == 200
    assert Invitation.objects.get().accepted_at is None
