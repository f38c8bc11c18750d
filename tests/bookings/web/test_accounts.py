"""Signing in and out by mail address, getting back in, and describing productions."""

import re

import pytest
from django.core import mail
from django.test import Client, override_settings

from bookings.delivery import deliver_due
from bookings.models import Mail, Production, User
from tests.bookings.web.conftest import browser
from tests.world import NOW, World

PASSWORD = "a long enough password"


@pytest.mark.parametrize("address", ["ours@aurora.example", "OURS@Aurora.Example", "  ours@aurora.example "])
def test_a_mail_address_and_a_password_let_in(address: str, world: World) -> None:
    client = Client()
    response = client.post("/accounts/login/?next=/bookings/", {"login": address, "password": PASSWORD})
    assert response.headers["Location"] == "/bookings/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"login": "ours@aurora.example", "password": "wrong"}, "not correct"),
        ({"login": "nobody@aurora.example", "password": PASSWORD}, "not correct"),
        ({"login": "not an address", "password": PASSWORD}, "Enter a valid email address"),
        ({}, "This field is required"),
    ],
)
def test_what_does_not_let_in_says_why(data: dict[str, str], words: str, world: World) -> None:
    response = Client().post("/accounts/login/", data)
    assert response.status_code == 200
    assert words in response.text


def test_one_is_not_led_off_the_site(world: World) -> None:
    data = {"login": "ours@aurora.example", "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/accounts/login/", data).headers["Location"] == "/"


def test_the_log_in_names_demo_accounts_in_the_demo_alone(db: None) -> None:
    assert "see1-demo" not in Client().get("/accounts/login/").text
    with override_settings(DEBUG=True, DEMO=True):
        assert "producer@demo.see1.example" in Client().get("/accounts/login/").text
    with override_settings(DEBUG=False, DEMO=True):
        assert "see1-demo" not in Client().get("/accounts/login/").text


def test_logging_out_is_a_form(ours: Client) -> None:
    assert "Log out" in ours.get("/accounts/logout/").text
    assert ours.get("/").status_code == 200
    assert ours.post("/accounts/logout/").status_code == 302
    assert ours.get("/").status_code == 302


def delivered() -> list[mail.EmailMessage]:
    deliver_due(at=NOW)
    return mail.outbox


def linked(letter: mail.EmailMessage) -> str:
    """The path of the link in a letter."""
    return re.search(r"https://bookings\.see1\.example(/\S+)", str(letter.body))[1]


def without_tokens(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]+"', "", page)


def test_a_lost_password_is_set_anew_by_mail(world: World, ours: Client) -> None:
    client = Client()
    assert client.get("/accounts/password/reset/").status_code == 200
    client.post("/accounts/password/reset/", {"email": "Ours@Aurora.example"})
    assert mail.outbox == [], "it goes through the outbox"
    (letter,) = delivered()
    assert letter.to == ["ours@aurora.example"]
    form = client.get(linked(letter), follow=True)
    assert "Set a new password" in form.text
    assert linked(letter) not in form.redirect_chain[-1][0], "the key does not stay in the address"
    new = {"password1": "another long password", "password2": "another long password"}
    assert "Your password is set" in client.post(form.redirect_chain[-1][0], new, follow=True).text
    assert "has been used" in Client().get(linked(letter), follow=True).text
    assert ours.get("/").status_code == 302, "every session has ended"
    data = {"login": "ours@aurora.example", "password": "another long password"}
    assert client.post("/accounts/login/", data).headers["Location"] == "/"
    assert "set anew" in delivered()[-1].body


def test_no_key_of_a_reset_is_kept(world: World) -> None:
    Client().post("/accounts/password/reset/", {"email": "ours@aurora.example"})
    (row,) = Mail.objects.all()
    assert row.context == {}


def test_an_unknown_address_learns_nothing(world: World) -> None:
    pages = [
        Client().post("/accounts/password/reset/", {"email": address}, follow=True)
        for address in ("nobody@nowhere.example", "ours@aurora.example")
    ]
    assert "If there is an account" in pages[0].text
    assert without_tokens(pages[0].text) == without_tokens(pages[1].text)
    assert [row.goes_to for row in Mail.objects.all()] == ["ours@aurora.example"]


def test_a_changed_password_ends_other_sessions_and_is_told(world: World, ours: Client) -> None:
    elsewhere = browser(world.ours.owner)
    new = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    assert ours.post("/accounts/password/change/", new | {"oldpassword": "wrong"}).status_code == 200
    assert elsewhere.get("/").status_code == 200
    assert ours.post("/accounts/password/change/", new).status_code == 302
    assert ours.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert "password of your account was changed" in delivered()[-1].body


def test_an_address_is_changed_once_the_new_one_is_verified(world: World) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "ours@aurora.example", "password": PASSWORD})
    asked = client.post("/accounts/email/", {"email": "new@aurora.example", "action_add": ""}, follow=True)
    assert "Is it you?" in asked.text
    client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    client.post("/accounts/email/", {"email": "new@aurora.example", "action_add": ""}, follow=True)
    letter = next(one for one in delivered() if one.to == ["new@aurora.example"])
    world.ours.owner.refresh_from_db()
    assert world.ours.owner.email == "ours@aurora.example"
    assert "Is <strong>new@aurora.example</strong> yours?" in client.get(linked(letter)).text
    client.post(linked(letter))
    world.ours.owner.refresh_from_db()
    assert world.ours.owner.email == "new@aurora.example"
    assert Client().post("/accounts/login/", {"login": "new@aurora.example", "password": PASSWORD}).status_code == 302
    assert Client().post("/accounts/login/", {"login": "ours@aurora.example", "password": PASSWORD}).status_code == 200


def test_an_address_that_somebody_signed_up_with_is_nobody_else_s(world: World) -> None:
    """Even where they never verified it: whoever reads its mail can take that account over by a reset."""
    client = Client()
    client.post("/accounts/login/", {"login": "ours@aurora.example", "password": PASSWORD})
    proof = client.get("/accounts/email/", follow=True).redirect_chain
    if proof:
        client.post(proof[-1][0], {"password": PASSWORD})
    client.post("/accounts/email/", {"email": "late@aurora.example", "action_add": ""}, follow=True)
    client.post("/accounts/reauthenticate/?next=/accounts/email/", {"password": PASSWORD})
    client.post("/accounts/email/", {"email": "late@aurora.example", "action_add": ""})
    path = linked(next(letter for letter in delivered() if letter.to == ["late@aurora.example"]))
    User.objects.create(email="late@aurora.example")
    assert client.post(path, follow=True).status_code == 200
    world.ours.owner.refresh_from_db()
    assert world.ours.owner.email == "ours@aurora.example"


def test_a_session_is_a_new_one_after_logging_in(world: World) -> None:
    client = Client()
    client.get("/accounts/login/")
    client.session.save()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post("/accounts/login/", {"login": "ours@aurora.example", "password": PASSWORD})
    assert client.cookies["sessionid"].value != session.session_key
    intruder = Client()
    intruder.cookies["sessionid"] = session.session_key
    assert intruder.get("/").status_code == 302


def test_staff_come_in_by_the_same_door(world: World, staff: Client, ours: Client) -> None:
    answer = Client().post("/admin/login/?next=/admin/", {"username": "staff@see1.example", "password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert staff.get("/admin/").status_code == 200
    assert ours.get("/admin/", follow=True).status_code == 403


def test_a_name_is_changed_in_one_line(world: World, ours: Client) -> None:
    assert ours.post("/accounts/", {"first_name": "Elia", "last_name": "Conti"}).status_code == 302
    assert "Elia Conti" in ours.get("/accounts/").text
    assert ours.post("/accounts/", {"first_name": "a\nb"}).status_code == 400


# Productions


def test_a_production_is_described_and_one_goes_on_where_one_came_from(world: World, ours: Client) -> None:
    data = {
        "organisation": str(world.ours.organisation.pk),
        "title": "Night Train",
        "activity": "music",
        "confidential": "on",
        "next": "/bookings/new/?zones=arena",
    }
    assert ours.post("/productions/new/", data).headers["Location"] == "/bookings/new/?zones=arena"
    made = Production.objects.get(title="Night Train")
    assert (made.organisation, made.confidential) == (world.ours.organisation, True)
    assert "Night Train" in ours.get("/productions/").text
    elsewhere = ours.post("/productions/new/", data | {"next": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/productions/"


@pytest.mark.parametrize(
    "changes", [{"organisation": "theirs"}, {"title": ""}, {"activity": "poker"}, {"title": "x" * 201}]
)
def test_a_production_that_makes_no_sense_is_not_added(changes: dict[str, str], world: World, ours: Client) -> None:
    data = {"organisation": str(world.ours.organisation.pk), "title": "Night Train", "activity": "music"} | changes
    if changes.get("organisation"):
        data["organisation"] = str(world.theirs.organisation.pk)
    before = Production.objects.count()
    assert ours.post("/productions/new/", data).status_code == 400
    assert Production.objects.count() == before


def test_a_viewer_adds_none(world: World, viewer: Client) -> None:
    data = {"organisation": str(world.ours.organisation.pk), "title": "Night Train", "activity": "music"}
    assert viewer.post("/productions/new/", data).status_code == 403
