"""What will go says so in every answer, and in the document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bookings.api.productions import ProductionList
from modules.api.answering import Deprecation
from tests.callers import Callers, problem

GOING = Deprecation(
    since=datetime(2027, 3, 1, tzinfo=UTC),
    sunset=datetime(2028, 3, 1, tzinfo=UTC),
    instead="https://bookings.see1.example/api/v1/docs/",
)


def test_its_answers_say_since_when_until_when_and_what_instead(api: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Deprecation" not in api.ours.get("productions/")
    monkeypatch.setattr(ProductionList, "deprecated", GOING)
    for answer in (api.ours.get("productions/"), api.ours.post("productions/", {})):
        assert answer["Deprecation"] == "@1803859200"
        assert answer["Sunset"] == "Wed, 01 Mar 2028 00:00:00 GMT"
        assert answer["Link"] == '<https://bookings.see1.example/api/v1/docs/>; rel="deprecation"; type="text/html"'
    problem(api.ours.post("productions/", {}), 400, "invalid")


def test_the_document_marks_it(api: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProductionList, "deprecated", GOING)
    paths = api.anonymous.get("schema/", {"format": "json"}).json()["paths"]
    assert paths["/api/v1/productions/"]["get"]["deprecated"]
    assert "deprecated" not in paths["/api/v1/bookings/"]["get"]
