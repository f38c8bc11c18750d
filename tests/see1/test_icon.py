"""Browsers ask for an icon at its old address, on pages that name none."""

from django.templatetags.static import static
from django.test import Client


def test_the_old_address_leads_to_the_icon() -> None:
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"] == static("web/icon.svg")
