"""Nobody overwrites what they have not read: ETag, If-Match, If-None-Match."""

from typing import Any

import pytest

from bookings.models import Booking
from tests.callers import Callers, problem


@pytest.fixture
def held(api: Callers, body: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = api.ours.post("bookings/", body).json()
    return said


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 428, "version_required"),
        ("{weak}", 412, "stale_version"),
        ('"somebody-elses"', 412, "stale_version"),
        ("nonsense", 412, "stale_version"),
        ('"other", {etag}', 200, None),
        ("{etag}", 200, None),
        ("*", 200, None),
    ],
)
@pytest.mark.parametrize("verb", ["patch", "release"])
def test_if_match(api: Callers, held: dict[str, Any], header: str | None, status: int, code: str, verb: str) -> None:
    etag = held["etag"]
    headers = {} if header is None else {"if_match": header.replace("{weak}", f"W/{etag}").replace("{etag}", etag)}
    address = f"bookings/{held['id']}/"
    if verb == "patch":
        response = api.ours.patch(address, {"crew": 1}, **headers)
    else:
        response = api.ours.post(f"{address}release/", **headers)
    assert response.status_code == status
    if code:
        problem(response, status, code)
        assert Booking.objects.get().version == 1


def test_a_version_that_others_changed_meanwhile(api: Callers, held: dict[str, Any]) -> None:
    api.ours.patch(f"bookings/{held['id']}/", {"crew": 1}, if_match=held["etag"])
    problem(api.ours.post(f"bookings/{held['id']}/cancel/", if_match=held["etag"]), 412, "stale_version")


def test_304_for_what_one_has(api: Callers, held: dict[str, Any]) -> None:
    for address in (f"bookings/{held['id']}/", "bookings/", "modules/see-1/phases/", "places/"):
        read = api.ours.get(address)
        again = api.ours.get(address, if_none_match=read.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == read.headers["ETag"]
    api.ours.patch(f"bookings/{held['id']}/", {"crew": 1}, if_match="*")
    assert api.ours.get(f"bookings/{held['id']}/", if_none_match=held["etag"]).status_code == 200
