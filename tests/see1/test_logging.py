"""One request id from the call to the mail, and no secret in any line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from celery import shared_task
from django.conf import LazySettings
from django.core import mail as outgoing
from django.test import Client

from bookings import delivery
from bookings.models import Mail, Transition, WebhookDelivery, WebhookEndpoint
from bookings.tracing import current_request_id
from see1 import tracing
from see1.logging_config import formatter, get_logger
from see1.middleware.request_ids import accepted
from see1.redaction import BLANK, redact, redacted
from tests.callers import Caller, Callers
from tests.world import NOW, World, span


class Lines:
    """What is logged, as production writes it."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    written = Lines()
    handler = logging.StreamHandler(written.stream)
    handler.setFormatter(formatter(style="json"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


class TestRequestId:
    @pytest.mark.parametrize("offered", ["partner-7f3a.2027_03", "0123456789abcdef0123456789abcdef", "A" * 64])
    def test_a_sane_one_is_kept(self, db: None, offered: str) -> None:
        assert Client().get("/healthz/", headers={"X-Request-ID": offered})["X-Request-ID"] == offered

    @pytest.mark.parametrize(
        "offered", ["", "short", "A" * 65, "with space in it", "line\nbreak-forged", "<script>1234"]
    )
    def test_any_other_is_replaced(self, offered: str) -> None:
        assert accepted(offered) is None

    def test_each_request_without_one_gets_its_own(self, db: None) -> None:
        ids = {Client().get("/healthz/")["X-Request-ID"] for _ in range(3)}
        assert len(ids) == 3
        assert all(accepted(request_id) for request_id in ids)

    def test_is_gone_when_the_request_is_over(self, db: None) -> None:
        Client().get("/healthz/")
        assert current_request_id() == ""


@pytest.mark.usefixtures("db")
class TestTheWayToTheMail:
    def test_history_webhook_mail_and_its_header_bear_the_request_s_id(
        self, world: World, callers: Callers, lines: Lines
    ) -> None:
        WebhookEndpoint.objects.create(
            organisation=world.ours.organisation, url="https://partner.example/hook", secret="s", created_at=NOW
        )
        booked = self.book(callers.ours, world, request_id="partner-trace-0001")
        assert booked["X-Request-ID"] == "partner-trace-0001"
        for model in (Transition, Mail, WebhookDelivery):
            assert set(model.objects.values_list("request_id", flat=True)) == {"partner-trace-0001"}, model
        delivery.deliver_due(at=Mail.objects.latest("due_at").due_at)
        assert {message.extra_headers["X-Request-ID"] for message in outgoing.outbox} == {"partner-trace-0001"}
        told = [event for event in lines.events if event["event"].startswith("Mail ")]
        assert told
        assert {event["request_id"] for event in told} == {"partner-trace-0001"}

    def test_the_request_has_one_line_that_says_who_and_how_long(
        self, world: World, callers: Callers, lines: Lines
    ) -> None:
        self.book(callers.ours, world, request_id="partner-trace-0002")
        (line,) = [event for event in lines.events if event["event"] == "request"]
        assert line["request_id"] == "partner-trace-0002"
        assert (line["method"], line["path"], line["status"]) == ("POST", "/api/v1/bookings/", 201)
        assert line["ms"] >= 0
        assert line["key_id"]

    def test_a_promise_made_outside_a_request_has_none(self, world: World) -> None:
        world.reserve(span("03-10 10:00"))
        assert set(Transition.objects.values_list("request_id", flat=True)) == {""}

    def book(self, caller: Caller, world: World, *, request_id: str) -> Any:
        body = {
            "production": str(world.ours.production.pk),
            "zones": ["arena"],
            "activity": "filming",
            "starts_at": "2027-05-10T10:00:00Z",
            "ends_at": "2027-05-10T12:00:00Z",
            "status": "requested",
        }
        answer = caller.post("bookings/", body, X_Request_ID=request_id)
        assert answer.status_code == 201, answer.content
        return answer


@shared_task(name="tests.see1.say_who_asked")
def say_who_asked() -> str:
    get_logger("tests").info("working")
    return current_request_id()


class TestTasks:
    def test_run_under_the_id_of_the_request_that_sent_them(self, lines: Lines) -> None:
        headers: dict[str, Any] = {}
        with structlog.contextvars.bound_contextvars(request_id="partner-trace-0003"):
            tracing._send_along(headers=headers)
        assert say_who_asked.apply(headers=headers).get() == "partner-trace-0003"
        events = [event for event in lines.events if event["event"] in ("working", "task")]
        assert [event["request_id"] for event in events] == ["partner-trace-0003"] * 2
        assert {event["task"] for event in events} == {"tests.see1.say_who_asked"}

    def test_run_under_their_own_id_where_nobody_asked(self) -> None:
        done = say_who_asked.apply(task_id="5b4b1f5e-0000-4000-8000-2b6b6b6b6b6b")
        assert done.get() == "5b4b1f5e-0000-4000-8000-2b6b6b6b6b6b"

    def test_leave_nothing_bound(self) -> None:
        say_who_asked.apply()
        assert current_request_id() == ""


SECRET_TEXTS = [
    ("GET /calendar/9dV-secretsecretsecret_x.ics?a=1", "secretsecret"),
    ("Not Found: /calendar/9dV-secretsecretsecret_x.ics", "secretsecret"),
    ("/accounts/password/reset/key/1-c8xq2f-0123456789abcdef/", "0123456789abcdef"),
    ("/accounts/confirm-email/MTA:1abcde:0123456789abcdef/", "0123456789abcdef"),
    ("/invitations/MTA:1abcde:0123456789abcdef/", "0123456789abcdef"),
    ("postgresql://see1:hunter22hunter@db/see1 refused", "hunter22"),
    ("redis://:hunter22hunter@redis:6379/0", "hunter22"),
    ("Authorization: Bearer see1_Zm9vYmFyYmF6cXV4Zm9vYmFy", "Zm9vYmFy"),
    ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
    ("key see1_Zm9vYmFyYmF6cXV4Zm9vYmFy is unknown", "Zm9vYmFy"),
    ("signed with whsec_Zm9vYmFyYmF6cXV4", "Zm9vYmFy"),
    ("POST password=hunter22&username=a", "hunter22"),
    ('{"password": "hunter22"}', "hunter22"),
    ("Cookie: sessionid=abcdef0123456789; csrftoken=zzzzzzzz", "abcdef0123"),
    ("/bookings/?token=abcdef0123456789&page=2", "abcdef0123"),
]
HARMLESS = [
    "/calendar/modules/see-1.ics",
    "/accounts/password/reset/key/1-set-password/",
    "https://bookings.see1.example/bookings/?from=2027-03-04T10:00:00Z",
    "at 10:30 the module see1_bookings moved",
    "Mail 12 (reminder_7_days) is sent.",
]


class TestSecrets:
    @pytest.mark.parametrize(("text", "secret"), SECRET_TEXTS)
    def test_in_a_text(self, text: str, secret: str) -> None:
        assert secret not in redacted(text)
        assert BLANK in redacted(text)

    @pytest.mark.parametrize("text", HARMLESS)
    def test_what_is_none_is_left_alone(self, text: str) -> None:
        assert redacted(text) == text

    @pytest.mark.parametrize("name", ["password", "new_password", "EMAIL_HOST_PASSWORD", "token", "api_key", "Cookie"])
    def test_under_a_telling_name(self, name: str) -> None:
        assert redact({"outer": {name: "plain"}}) == {"outer": {name: BLANK}}

    @pytest.mark.parametrize(("text", "secret"), SECRET_TEXTS)
    def test_in_a_line_of_another_library_and_in_a_traceback(self, lines: Lines, text: str, secret: str) -> None:
        logging.getLogger("another.library").warning("It said %s", text)
        try:
            raise ValueError(text)
        except ValueError:
            logging.getLogger("another.library").exception("Failed")
        get_logger("ours").info("said", found=text, nested={"list": [text]})
        assert len(lines.events) == 3
        assert secret not in lines.text

    @pytest.mark.usefixtures("db")
    def test_of_a_calendar_s_address_and_a_key(self, lines: Lines, settings: LazySettings) -> None:
        client = Client(raise_request_exception=False)
        client.get("/calendar/9dV-secretsecretsecret_x.ics")
        client.get("/api/v1/bookings/", headers={"Authorization": "Bearer see1_Zm9vYmFyYmF6cXV4Zm9v"})
        assert [event["status"] for event in lines.events if event["event"] == "request"] == [404, 401]
        assert "secretsecret" not in lines.text
        assert "Zm9vYmFy" not in lines.text


def test_lines_for_people_are_readable_and_keep_secrets_too() -> None:
    record = logging.LogRecord("see1.request", logging.INFO, __file__, 1, "token=%s", ("abcdef0123456789",), None)
    line = formatter(style="lines").format(record)
    assert "see1.request" in line
    assert "abcdef" not in line
