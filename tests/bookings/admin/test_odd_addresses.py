"""Lists of the admin by addresses that ask for what cannot be looked for: none is a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import BinaryField
from django.template.backends.django import Template
from django.test import Client

from tests.bookings.admin.test_permissions import models

LABELS = sorted(models())


def answered(staff: Client, address: str, query: dict[str, Any]) -> int:
    with transaction.atomic():  # of its own: one that the database refused is of no more use
        try:
            return int(staff.get(address, query).status_code)
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("label", LABELS)
def test_a_list(staff: Client, monkeypatch: pytest.MonkeyPatch, label: str) -> None:
    monkeypatch.setattr(Template, "render", lambda *_args, **_kwargs: "")
    address = f"/admin/{label.replace('.', '/')}/"
    fields = [field for field in models()[label].model._meta.concrete_fields if not isinstance(field, BinaryField)]
    for odd in ({"q": "\x00"}, *({f"{field.attname}{how}": value} for field in fields for how, value in ODD.items())):
        assert answered(staff, address, odd) in {200, 302, 400}, odd


ODD = {"": "(", "__regex": "[", "__in": "1,2"}


def test_what_a_file_holds_is_not_looked_for(staff: Client) -> None:
    assert answered(staff, "/admin/modules/ephemerisfile/", {"content": "x"}) == 400


def test_it_leads_to_the_whole_list(staff: Client) -> None:
    assert staff.get("/admin/bookings/mail/", {"kind__regex": "x"}).status_code == 200
    for odd in ("\x00", "["):
        with transaction.atomic():
            answer = staff.get("/admin/bookings/mail/", {"kind__regex": odd})
            transaction.set_rollback(True)
        assert answer.headers["Location"] == "/admin/bookings/mail/?e=1"
    assert staff.get("/admin/bookings/mail/?e=1").status_code == 200


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("odd", ["x\x00", "-1", "9" * 40, "1,2"])
def test_what_is_marked_is_no_key(staff: Client, label: str, odd: str) -> None:
    marked = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [odd]}
    assert staff.post(f"/admin/{label.replace('.', '/')}/", marked).status_code in {200, 302, 403}
