"""A double click on an import: one effect, and both are told of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from modules.models import Closure
from tests.threads import at_once
from tests.world import NOW, World, build

TABLE = b"kind,starts_at,ends_at,reason\nmaintenance,2027-03-10T09:00:00Z,2027-03-10T11:00:00Z,Filters.\n"


@pytest.fixture
def world(transactional_db: None, time_machine: Any) -> World:
    time_machine.move_to(NOW, tick=False)
    return build()


def test_two_clicks_import_a_table_once(world: World) -> None:
    client, address = Client(), reverse("exchange_in", args=["closures"])
    client.force_login(world.staff_user)
    shown = client.post(address, {"table": SimpleUploadedFile("x.csv", TABLE)}).context["shown"]

    def click(browser: Client) -> list[str]:
        answer = browser.post(address, {"shown": shown})
        return [str(said) for said in get_messages(answer.wsgi_request)]

    browsers = [Client(), Client(), Client()]
    for browser in browsers:
        browser.force_login(world.staff_user)
    told = at_once([partial(click, browser) for browser in browsers])
    assert told == [["Imported: 1 added, 0 changed, 0 left as they are."]] * 3
    assert Closure.objects.count() == 1
