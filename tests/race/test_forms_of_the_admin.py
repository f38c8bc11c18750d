"""Two of staff write what there can be once, each having been told that it is free."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from modules.admin import PlaceAdmin
from modules.models import Place
from tests.threads import PATIENCE_S, at_once
from tests.world import World, build

PLACE = {"name": "Matera", "slug": "matera", "kind": Place.Kind.CITY, "latitude": "40.67", "longitude": "16.6"}


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    save, both = PlaceAdmin.save_model, threading.Barrier(2)

    def when_both_are_told(*args: Any, **kwargs: Any) -> None:
        both.wait(PATIENCE_S)
        save(*args, **kwargs)

    monkeypatch.setattr(PlaceAdmin, "save_model", when_both_are_told)
    return build()


def both_add_it(world: World) -> list[Any]:
    clients = [Client(raise_request_exception=False) for _ in range(2)]  # either would raise the other's, too
    for client in clients:
        client.force_login(world.staff_user)
    return at_once([partial(client.post, "/admin/modules/place/add/", PLACE) for client in clients])


def test_one_is_told_that_another_was_faster(world: World) -> None:
    answers = both_add_it(world)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (told,) = [answer for answer in answers if answer.status_code == 409]
    assert "Somebody else was faster" in told.text
    assert Place.objects.filter(slug="matera").count() == 1


def test_without_the_guard_that_is_a_fault_of_ours(world: World, settings: LazySettings) -> None:
    guard = "see1.middleware.collisions.CollisionMiddleware"
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != guard]
    answers = both_add_it(world)
    assert sorted(answer.status_code for answer in answers) == [302, 500]
