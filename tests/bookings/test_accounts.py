"""The demo's people come into the demo alone: their password and keys are known to everybody."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings.keys import register
from bookings.models import User
from tests.world import NOW, World


@pytest.fixture
def person(world: World) -> User:
    user = User.objects.create_user("staff@demo.see1.example", "see1-demo", is_staff=True, is_superuser=True)
    register("see1_demo_staff", user=user, organisation=None, name="demo", scopes=["read", "book"], at=NOW)
    return user


def may_read(client: Client) -> int:
    return client.get("/api/v1/modules/", headers={"Authorization": "Bearer see1_demo_staff"}).status_code


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 401)])
def test_a_demo_key_opens_the_demo_alone(person: User, settings, demo: bool, status: int) -> None:
    settings.DEMO = demo
    assert may_read(Client()) == status


def test_a_demo_password_and_session_end_with_the_demo(person: User, settings) -> None:
    settings.DEMO = True
    client = Client()
    assert client.login(username=person.email, password="see1-demo")
    assert client.get("/admin/").status_code == 200
    settings.DEMO = False
    assert client.get("/admin/").status_code == 302
    assert not Client().login(username=person.email, password="see1-demo")
