"""Addresses that nobody types by hand are answered all the same."""

import pytest
from django.test import Client

from tests.world import World, build


@pytest.fixture
def producer(db: None) -> Client:
    world: World = build()
    client = Client()
    client.force_login(world.ours.owner)
    return client


@pytest.mark.parametrize("page", ["/calendar/", "/search/", "/timeline/", "/timeline/table/", "/bookings/new/"])
@pytest.mark.parametrize("slug", ["%00", "a%00b", "%F0%9F%9A%80", "x" * 300])
def test_a_module_that_cannot_be_is_not_there(producer: Client, page: str, slug: str) -> None:
    assert producer.get(f"{page}?module={slug}").status_code == 404
