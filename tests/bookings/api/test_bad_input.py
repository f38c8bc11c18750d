"""Whatever is sent, the answer is a problem of the 4xx kind, it names what is wrong, and nothing was done."""

from io import BytesIO
from typing import Any

import pytest

from bookings.models import Booking, Production
from tests.callers import Callers, problem

WRITES = ["bookings/", "quotes/", "productions/"]

UNREADABLE = [
    (b"{", "parse_error"),
    (b'{"crew": 01}', "parse_error"),
    (b'{"crew": NaN}', "parse_error"),
    (b'{"crew": Infinity}', "parse_error"),
    (b'{"crew": 1e400}', "parse_error"),
    (b'{"crew": ' + b"9" * 5000 + b"}", "parse_error"),
    (b'{"crew": 1, "crew": 2}', "parse_error"),
    (b"\xff\xfe{\x00}\x00", "parse_error"),
    (b'{"activity": "\xc3\x28"}', "parse_error"),
    (b'{"activity": "film\\u0000ing"}', "parse_error"),
    (b'{"activity": "\\ud800"}', "parse_error"),
    (b'{"\\udfff": 1}', "parse_error"),
    (b"[" * 100_000, "parse_error"),
    (b"[" * 100 + b"]" * 100, "parse_error"),
    (b'{"a":' * 50 + b"1" + b"}" * 50, "parse_error"),
    (b"null", "invalid"),
    (b"[]", "invalid"),
    (b'"a text"', "invalid"),
    (b"7", "invalid"),
    (b"[{}]", "invalid"),
]


@pytest.mark.parametrize("address", WRITES)
def test_an_unreadable_body(api: Callers, address: str, subtests: pytest.Subtests) -> None:
    for content, code in UNREADABLE:
        with subtests.test(content=content[:40]):
            problem(api.ours.send("POST", address, content), 400, code)
    assert not Booking.objects.exists()


def test_a_body_cut_short_is_not_taken_for_a_whole_one(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    address = f"/api/v1/bookings/{said['id']}/release/"
    headers = {**api.ours.headers, "If-Match": "*"}
    received = {"wsgi.input": BytesIO(b"{}"), "CONTENT_LENGTH": "50"}
    cut = api.ours.client.generic("POST", address, b"{}", "application/json", headers=headers, **received)
    problem(cut, 400, "parse_error")
    assert Booking.objects.get().status == "held"


def test_no_body_at_all_is_an_object_without_fields(api: Callers) -> None:
    errors = problem(api.ours.send("POST", "bookings/", b""), 400, "invalid")["errors"]
    assert {error["code"] for error in errors} == {"required"}


HUGE = 10**30
WRONG = [
    ("starts_at", "2027-03-10T10:00:00", "naive_time"),
    ("starts_at", "2027-03-10", "invalid"),
    ("starts_at", "2027-02-30T10:00:00Z", "invalid"),
    ("starts_at", "2027-03-10T25:00:00Z", "invalid"),
    ("starts_at", "2027-03-10T10:00:00+99:00", "invalid"),
    ("starts_at", "0001-01-01T00:00:00+14:00", "out_of_range"),
    ("starts_at", "9999-12-31T23:59:00-14:00", "out_of_range"),
    ("starts_at", "tomorrow", "invalid"),
    ("starts_at", 1_804_068_000, "not_a_string"),
    ("starts_at", HUGE, "not_a_string"),
    ("starts_at", None, "null"),
    ("starts_at", {}, "not_a_string"),
    ("starts_at", "2027-03-10T10:00:30Z", "not_whole_minute"),
    ("starts_at", "2027-03-10T10:00:00.5Z", "not_whole_minute"),
    ("ends_at", "2027-03-10T10:00:00Z", "ends_before_start"),
    ("ends_at", "2027-03-10T09:00:00Z", "ends_before_start"),
    ("zones", [], "empty|min_length"),
    ("zones", "arena", "not_a_list"),
    ("zones", {"arena": 1}, "not_a_list"),
    ("zones", [1], "invalid"),
    ("zones", [None], "null"),
    ("zones", [["arena"]], "invalid"),
    ("zones", ["arena", "arena"], "duplicate"),
    ("zones", ["arena", "garden"], "unknown_zone"),
    ("zones", ["arena"] * 1000, "max_length|duplicate"),
    ("zones", ["a" * 100_000], "max_length"),
    ("zones", ["a b"], "invalid_slug"),
    ("zones", [""], "blank"),
    ("activity", "dancing", "invalid_choice"),
    ("activity", ["filming"], "invalid_choice"),
    ("activity", "", "invalid_choice"),
    ("crew", -1, "min_value"),
    ("crew", HUGE, "max_value"),
    ("crew", 1e300, "max_value"),
    ("crew", 1.5, "invalid"),
    ("crew", "2", "invalid"),
    ("crew", True, "invalid"),
    ("crew", [], "invalid"),
    ("power_kw", -0.5, "min_value"),
    ("power_kw", HUGE, "max_digits|max_whole_digits"),
    ("power_kw", 1e300, "max_digits|max_whole_digits"),
    ("power_kw", 1e-300, "max_digits|max_decimal_places"),
    ("power_kw", 0.001, "max_decimal_places"),
    ("power_kw", "lots", "invalid"),
    ("power_kw", "1e2", "invalid"),
    ("power_kw", " 5", "invalid"),
    ("power_kw", "٣", "invalid"),
    ("power_kw", "NaN", "invalid"),
    ("power_kw", False, "invalid"),
    ("downlink_mbps", HUGE, "max_value"),
    ("production", "not-an-id", "invalid"),
    ("production", 7, "invalid"),
    ("production", HUGE, "invalid"),
    ("conditions", [], "invalid"),
    ("conditions", "night", "invalid"),
    ("conditions", {"lighting": "dusk"}, "invalid_choice"),
    ("conditions", {"downlink_min": "10"}, "invalid"),
    ("conditions", {"gravity": 1}, "unknown_field"),
    ("status", "confirmed", "invalid_choice"),
    ("module", 7, "invalid"),
    ("hold_rank", 1, "read_only_field"),
    ("id", "x", "read_only_field"),
    ("price", {}, "read_only_field"),
    ("colour", "red", "unknown_field"),
    ("x" * 5000, 1, "unknown_field"),
]


@pytest.mark.parametrize("address", ["bookings/", "quotes/"])
def test_a_wrong_field_is_named(api: Callers, body: dict[str, Any], address: str, subtests: pytest.Subtests) -> None:
    for field, value, code in WRONG:
        with subtests.test(field=field[:40], value=str(value)[:40]):
            response = api.ours.post(address, {**body, field: value})
            assert response.status_code == 400, response.content
            document = problem(response, 400, response.json()["code"])
            (error,) = document["errors"]
            assert error["field"].split(".")[0] == field[:200]
            assert error["code"] in code.split("|")
    assert not Booking.objects.exists()


def test_a_special_code_stands_for_the_whole_where_all_is_of_it(api: Callers, body: dict[str, Any]) -> None:
    naive = {"starts_at": "2027-03-10T10:00:00", "ends_at": "2027-03-10T12:00:00"}
    assert len(problem(api.ours.post("bookings/", {**body, **naive}), 400, "naive_time")["errors"]) == 2
    problem(api.ours.post("bookings/", {**body, "a": 1, "b": 2}), 400, "unknown_field")
    problem(api.ours.post("bookings/", {**body, "a": 1, **naive}), 400, "invalid")


def test_everything_wrong_is_said_at_once(api: Callers) -> None:
    document = problem(api.ours.post("bookings/", {"crew": "two", "colour": "red"}), 400, "invalid")
    assert {error["field"] for error in document["errors"]} == {
        "crew",
        "colour",
        "production",
        "zones",
        "activity",
        "starts_at",
        "ends_at",
    }


WRONG_PRODUCTIONS = [
    ({"title": ""}, "title", "blank"),
    ({"title": "x" * 201}, "title", "max_length"),
    ({"title": 7}, "title", "invalid"),
    ({"confidential": "yes"}, "confidential", "invalid"),
    ({"confidential": 1}, "confidential", "invalid"),
    ({"organisation": 7}, "organisation", "invalid"),
    ({"created_at": "2027-03-10T10:00:00Z"}, "created_at", "read_only_field"),
]


def test_a_wrong_production(api: Callers, subtests: pytest.Subtests) -> None:
    before = Production.objects.count()
    for asked, field, code in WRONG_PRODUCTIONS:
        with subtests.test(asked=asked):
            response = api.ours.post("productions/", {"title": "Night", "activity": "music", **asked})
            assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [(field, code)]
    assert Production.objects.count() == before


def test_what_a_patch_may_not_say(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    for field in sorted(
        said.keys() - body.keys() - {"crew", "power_kw", "downlink_mbps", "media_return_kg", "conditions"}
    ):
        response = api.ours.patch(f"bookings/{said['id']}/", {field: said[field]}, if_match=said["etag"])
        assert problem(response, 400, "read_only_field")["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("request", {"concurrence": "x"}),
        ("cancel", {"because": "x"}),
        ("release", {"reason": "x"}),
        ("challenge", {"x": 1}),
    ],
)
def test_an_action_told_too_much(api: Callers, body: dict[str, Any], action: str, said: dict[str, Any]) -> None:
    pk = api.ours.post("bookings/", body).json()["id"]
    problem(api.ours.post(f"bookings/{pk}/{action}/", said, if_match="*"), 400, "unknown_field")
    problem(api.ours.post(f"bookings/{pk}/{action}/", [], if_match="*"), 400, "invalid")
    assert Booking.objects.get().status == "held"


@pytest.mark.parametrize("title", ["A\r\nATTENDEE:x", "A\x1b[2J", "A\u2028B", "\x7f"])
def test_a_title_is_one_line(api: Callers, title: str) -> None:
    document = problem(api.ours.post("productions/", {"title": title, "activity": "music"}), 400, "invalid")
    assert document["errors"][0]["code"] == "control_characters"
