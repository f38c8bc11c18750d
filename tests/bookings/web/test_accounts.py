"""Signing in and out by mail address, getting back in, and describing productions."""

import re

import pytest
from django.core import mail
from django.test import Client, override_settings

from bookings.models import Production
from tests.world import World

PASSWORD = "a long enough password"


@pytest.mark.parametrize("address", ["ours@aurora.example", "OURS@Aurora.Example", "  ours@aurora.example "])
def test_a_mail_address_and_a_password_let_in(address: str, world: World) -> None:
    client = Client()
    response = client.post("/accounts/login/?next=/bookings/", {"username": address, "password": PASSWORD})
    assert response.headers["Location"] == "/bookings/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"username": "ours@aurora.example", "password": "wrong"}, "do not go together"),
        ({"username": "nobody@aurora.example", "password": PASSWORD}, "do not go together"),
        ({"username": "not an address", "password": PASSWORD}, "Enter a valid email address"),
        ({}, "This field is required"),
    ],
)
def test_what_does_not_let_in_says_why(data: dict[str, str], words: str, world: World) -> None:
    response = Client().post("/accounts/login/", data)
    assert response.status_code == 200
    assert words in response.text


def test_one_is_not_led_off_the_site(world: World) -> None:
    data = {"username": "ours@aurora.example", "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/accounts/login/", data).headers["Location"] == "/"


def test_the_log_in_names_demo_accounts_in_the_demo_alone(db: None) -> None:
    assert "see1-demo" not in Client().get("/accounts/login/").text
    with override_settings(DEBUG=True, DEMO=True):
        assert "producer@demo.see1.example" in Client().get("/accounts/login/").text
    with override_settings(DEBUG=False, DEMO=True):
        assert "see1-demo" not in Client().get("/accounts/login/").text


def test_logging_out_is_a_form(ours: Client) -> None:
    assert ours.get("/accounts/logout/").status_code == 405
    assert ours.post("/accounts/logout/").status_code == 302
    assert ours.get("/").status_code == 302


def test_a_lost_password_is_set_anew_by_mail(world: World) -> None:
    client = Client()
    assert client.get("/accounts/password-reset/").status_code == 200
    client.post("/accounts/password-reset/", {"email": "ours@aurora.example"})
    (letter,) = mail.outbox
    assert letter.to == ["ours@aurora.example"]
    match = re.search(r"(/accounts/password-reset/\S+/\S+/)\s", letter.body)
    assert match
    form = client.get(match[1], follow=True)
    assert "Set a new password" in form.text
    new = {"new_password1": "another long password", "new_password2": "another long password"}
    assert "Your password is set" in client.post(form.redirect_chain[-1][0], new, follow=True).text
    used = client.get(match[1], follow=True)
    assert "has been used" in used.text
    data = {"username": "ours@aurora.example", "password": "another long password"}
    assert client.post("/accounts/login/", data).status_code == 302


def test_an_unknown_address_learns_nothing(world: World) -> None:
    response = Client().post("/accounts/password-reset/", {"email": "nobody@nowhere.example"}, follow=True)
    assert "If there is an account" in response.text
    assert mail.outbox == []


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
