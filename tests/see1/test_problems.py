"""Whatever fails in the API, however deep or early, leaves it as a problem document."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.test import Client, RequestFactory
from rest_framework import exceptions as drf

from bookings import exceptions as core
from modules.exceptions import ScheduleConflict
from see1.bodies import MeasuredBodies
from see1.problems.catalogue import BY_STATUS, KINDS
from see1.problems.middleware import MOST_READ_AND_DROPPED, ProblemMiddleware
from see1.problems.reading import problem_of

MIB = 1024 * 1024
ONE = [core.FieldError("crew", "crew_limit", "too many")]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (core.RuleBroken(ONE), 400, "crew_limit"),
        (core.Invalid([core.FieldError("x", "required", "say x")]), 400, "invalid"),
        (core.Invalid([core.FieldError("x", "unknown_zone", "no")]), 400, "unknown_zone"),
        (core.SlotTaken("taken"), 409, "slot_taken"),
        (core.HoldRanksFull("full"), 409, "hold_ranks_full"),
        (core.OverCapacity("over"), 409, "over_capacity"),
        (core.InvalidTransition("no"), 409, "invalid_transition"),
        (core.NotPriced("no"), 409, "not_priced"),
        (core.StaleVersion("old"), 412, "stale_version"),
        (core.NotAllowed("no"), 403, "permission_denied"),
        (core.NotFound("no"), 404, "not_found"),
        (ScheduleConflict("no"), 409, "schedule_conflict"),
        (Http404("x"), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (RequestDataTooBig(), 413, "payload_too_large"),
        (SuspiciousOperation(), 400, "bad_request"),
        (UnreadablePostError(), 400, "bad_request"),
        (drf.NotAuthenticated(), 401, "not_authenticated"),
        (drf.Throttled(3.2), 429, "throttled"),
        (drf.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (drf.APIException("x", code="never_heard_of"), 500, "internal_error"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_refusal_has_its_status(error: Exception, status: int, code: str) -> None:
    found = problem_of(error)
    assert found is not None
    assert (found.kind.status, found.kind.code) == (status, code)


def test_a_fault_of_ours_is_no_refusal() -> None:
    assert problem_of(KeyError("x")) is None


def every_refusal(kind: type[core.Refusal] = core.Refusal) -> list[type[core.Refusal]]:
    return [kind, *(inner for sub in kind.__subclasses__() for inner in every_refusal(sub))]


def test_every_refusal_of_the_core_is_in_the_catalogue() -> None:
    codes = {kind.code for kind in every_refusal()} - {core.Refusal.code}
    assert codes <= KINDS.keys()
    assert {KINDS[code].status for code in codes} <= set(range(400, 500))


def test_where_others_have_the_time_the_problem_says_what_is_free() -> None:
    found = problem_of(core.SlotTaken("taken", alternatives=[{"zone": "arena"}]))
    assert found is not None
    assert found.document("/api/")["alternatives"] == [{"zone": "arena"}]


def answered(response: HttpResponse, path: str = "/api/v1/x/", **extra: Any) -> HttpResponse:
    """What the middleware makes of `response`."""
    made = ProblemMiddleware(lambda request: response)(RequestFactory().get(path, **extra))
    assert isinstance(made, HttpResponse)
    return made


@pytest.mark.parametrize("status", [*BY_STATUS, 418, 500, 502])
def test_an_error_in_html_becomes_a_problem(status: int) -> None:
    response = answered(HttpResponse("<h1>secret</h1>", status=status))
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert b"secret" not in response.content


def test_headers_that_tell_what_to_do_stay() -> None:
    response = answered(HttpResponseNotAllowed(["GET"]))
    assert response.headers["Allow"] == "GET"


def test_pages_keep_their_own_errors() -> None:
    assert answered(HttpResponse("<h1>gone</h1>", status=404), "/calendar/").content == b"<h1>gone</h1>"


def test_what_is_well_is_left_alone() -> None:
    assert answered(HttpResponse("well")).content == b"well"


def test_a_strange_host(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["bookings.see1.example"]
    response = Client().get("/api/v1/places/", headers={"Host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("length", ["nonsense", "-5", ""])
def test_a_length_that_is_none(length: str) -> None:
    assert answered(HttpResponse("well"), CONTENT_LENGTH=length).status_code == 200


class Counting(BytesIO):
    """A stream that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


def chunked(body: bytes, **extra: Any) -> tuple[Counting, dict[str, Any]]:
    stream = Counting(body)
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": stream, "wsgi.input_terminated": True, **extra}
    MeasuredBodies(lambda seen, _: [], MIB)(environ, lambda *_: None)
    return stream, environ


def test_a_body_in_pieces_gets_its_length() -> None:
    _, environ = chunked(b"{}")
    assert environ["CONTENT_LENGTH"] == "2"
    assert environ["wsgi.input"].read() == b"{}"


def test_a_long_body_in_pieces_is_over_every_limit_and_read_so_that_its_sender_hears_it(settings: LazySettings) -> None:
    stream, environ = chunked(b"x" * 10 * MIB)
    assert int(environ["CONTENT_LENGTH"]) > settings.MAX_UPLOAD_BYTES, "the admin takes no part of a file for the whole"
    assert stream.taken == 10 * MIB


def test_an_endless_body_is_not_read_to_its_end() -> None:
    stream, _ = chunked(b"x" * (MOST_READ_AND_DROPPED + 8 * MIB))
    assert stream.taken < MOST_READ_AND_DROPPED + 3 * MIB


def test_a_broken_body_in_pieces_is_refused_before_anything_is_done() -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise OSError("bad chunk")

    called: list[Any] = []
    environ = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": Broken(),
        "wsgi.input_terminated": True,
        "PATH_INFO": "/api/v1/bookings/",
    }
    application = MeasuredBodies(lambda *_: called.append("application") or [], MIB)
    application(environ, lambda status, headers: called.append((status, dict(headers)["Content-Type"])))
    assert called == [("400 Bad Request", "application/problem+json")]


def test_the_problems_are_written_down(client: Client) -> None:
    page = client.get("/api/v1/problems/")
    assert page.status_code == 200
    for code in KINDS:
        assert f'id="{code}"' in page.content.decode()
