"""What is wrong with a request besides its fields: parameters, size, kind, method, address."""

import json
from typing import Any

import pytest

from bookings.models import Booking
from tests.bookings.api.test_bad_input import HUGE, WRITES
from tests.callers import Callers, problem

MIB = 1024 * 1024

QUERIES = [
    ("bookings/", {"colour": "red"}, "colour", "unknown_parameter"),
    ("bookings/", {"page": "2"}, "page", "unknown_parameter"),
    ("bookings/", {"format": "xml"}, "format", "unknown_parameter"),
    ("bookings/", {"page_size": "201"}, "page_size", "max_value"),
    ("bookings/", {"page_size": "0"}, "page_size", "min_value"),
    ("bookings/", {"page_size": "many"}, "page_size", "invalid"),
    ("bookings/", {"page_size": str(HUGE)}, "page_size", "max_value"),
    ("bookings/", {"page_size": "9" * 5000}, "page_size", "max_string_length"),
    ("bookings/", {"page_size": ""}, "page_size", "invalid"),
    ("bookings/", {"page_size": ["1", "2"]}, "page_size", "repeated_parameter"),
    ("bookings/", {"status": "gone"}, "status", "invalid_choice"),
    ("bookings/", {"zone": "a b"}, "zone", "invalid"),
    ("bookings/", {"zone": "\x00"}, "zone", "invalid"),
    ("bookings/", {"zone": "garden"}, "zone", "unknown_zone"),
    ("bookings/", {"production": "x"}, "production", "invalid"),
    ("bookings/", {"module": "\x00"}, "module", "null_characters_not_allowed"),
    ("bookings/", {"from": "2027-03-10T10:00:00"}, "from", "naive_time"),
    ("bookings/", {"from": "now"}, "from", "invalid"),
    ("bookings/", {"from": "2027-03-10T10:00:00Z", "to": "2027-03-10T10:00:00Z"}, "to", "ends_before_start"),
    ("modules/see-1/closures/", {"to": "0001-01-01T00:00:00Z"}, "to", "out_of_range"),
    ("modules/", {"slug": "x"}, "slug", "unknown_parameter"),
    ("places/", {"cursor": "nonsense"}, "cursor", "invalid_cursor"),
    ("places/", {"cursor": "WzAsImEiLCJiIl0"}, "cursor", "invalid_cursor"),
    ("places/", {"cursor": "WzJd"}, "cursor", "invalid_cursor"),
    ("bookings/", {"cursor": "WzAsIngiLCJ5Il0"}, "cursor", "invalid_cursor"),
    ("bookings/", {"cursor": "ü"}, "cursor", "invalid_cursor"),
    (
        "modules/see-1/phases/",
        {"cursor": "WzAsIjIwMjctMDEtMDFUMDA6MDA6MDArMDA6MDAiLCI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Il0"},
        "cursor",
        "invalid_cursor",
    ),
]


def test_a_wrong_parameter_is_named(api: Callers, subtests: pytest.Subtests) -> None:
    for address, asked, field, code in QUERIES:
        with subtests.test(address=address, asked=str(asked)[:60]):
            response = api.ours.get(address, asked)
            assert response.status_code == 400, response.content
            document = problem(response, 400, response.json()["code"])
            errors = [(error["field"], error["code"]) for error in document["errors"]]
            assert (field, code) in errors
            assert {name for name, _ in errors} == {field}


def test_parameters_where_none_are_taken(api: Callers, body: dict[str, Any]) -> None:
    problem(api.ours.post("bookings/?dry_run=1", body), 400, "unknown_parameter")
    assert not Booking.objects.exists()
    said = api.ours.post("bookings/", body).json()
    problem(api.ours.get(f"bookings/{said['id']}/?verbose=1"), 400, "unknown_parameter")
    problem(api.ours.post(f"bookings/{said['id']}/release/?force=1", if_match="*"), 400, "unknown_parameter")


def test_an_unescaped_plus_in_an_address(api: Callers) -> None:
    assert api.ours.get("/api/v1/bookings/?from=2027-03-10T10:00:00+01:00").status_code == 200


@pytest.mark.parametrize("size", [MIB + 1, 10 * MIB])
def test_a_body_over_a_mebibyte(api: Callers, size: int) -> None:
    for address in (*WRITES, "nowhere/", "bookings/00000000-0000-4000-8000-000000000000/request/"):
        problem(api.ours.send("POST", address, b"x" * size), 413, "payload_too_large")


def test_a_body_of_just_a_mebibyte_is_read(api: Callers, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    response = api.ours.send("POST", "bookings/", content + b" " * (MIB - len(content)))
    assert response.status_code == 201


NOT_JSON = [
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "nonsense",
]


def test_a_body_that_is_not_json(api: Callers) -> None:
    for kind in NOT_JSON:
        problem(api.ours.send("POST", "bookings/", b"zones=arena", kind), 415, "unsupported_media_type")


def test_a_method_that_there_is_not(api: Callers) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "QUERY", "BREW"):
        response = api.ours.send(method, "bookings/", b"{}")
        problem(response, 405, "method_not_allowed")
        assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
        problem(api.ours.send(method, "places/?colour=red", b"{}"), 405, "method_not_allowed")


def test_a_kind_of_answer_that_cannot_be_had(api: Callers) -> None:
    problem(api.ours.get("bookings/", accept="text/csv"), 406, "not_acceptable")


NOWHERE = [
    "/api/v1/",
    "nowhere/",
    "bookings/7/",
    "bookings/x/request/",
    "modules/see-1/zones/arena/",
    "modules/%00/",
    "/api/",
    "/api/v2/bookings/",
]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_there_is_not(api: Callers, method: str) -> None:
    for address in NOWHERE:
        problem(api.ours.send(method, address, b""), 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forgotten_slash_is_told(api: Callers, settings: Any, method: str) -> None:
    settings.DEBUG = True
    document = problem(api.ours.send(method, "bookings", b"{}"), 404, "not_found")
    assert "/api/v1/bookings/" in document["detail"]


def test_a_module_that_there_is_not(api: Callers) -> None:
    for address in ("", "phases/", "zones/", "closures/"):
        problem(api.ours.get(f"modules/see-2/{address}"), 404, "not_found")
