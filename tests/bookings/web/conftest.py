"""Browsers of the world's people, at the world's time."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from bookings.models import Membership, Role, User
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ours(world: World) -> Client:
    return browser(world.ours.owner)


@pytest.fixture
def theirs(world: World) -> Client:
    return browser(world.theirs.owner)


@pytest.fixture
def staff(world: World) -> Client:
    return browser(world.staff_user)


@pytest.fixture
def viewer(world: World) -> Client:
    """Somebody who may only look at our organisation."""
    user = User.objects.create_user("viewer@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=user, role=Role.VIEWER)
    return browser(user)
