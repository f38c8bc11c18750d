"""What is counted and read, who may see it, and that dashboards and alerts ask for what there is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery import shared_task
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from bookings import measures
from bookings.exceptions import SlotTaken
from bookings.models import Mail, WebhookDelivery, WebhookEndpoint
from bookings.states import Status
from bookings.web.refusals import status_of
from modules.models import EphemerisFile
from see1 import metrics, metrics_server, readings
from see1.embedded.discovery import PROJECT_DIR
from tests.callers import Callers
from tests.world import NOW, World, span

TOKEN = "a-token-of-forty-characters-at-the-least"
DEPLOY = PROJECT_DIR / "deploy"


@pytest.fixture
def token(settings: LazySettings) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def value(name: str, **labels: str) -> float:
    """Of one series, as a scraper reads it; 0 where it has not begun."""
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return 0.0


def reading(name: str, at: Any = NOW, **labels: str) -> float | None:
    for family in readings.all_families(at=at):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


@pytest.mark.usefixtures("db")
class TestWhoMaySee:
    @pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer \N{SNOWMAN}"])
    def test_nobody_without_the_token(self, token: str, sent: str) -> None:
        assert Client().get("/metrics/", headers={"Authorization": sent}).status_code == 404

    def test_nobody_where_no_token_is_set(self) -> None:
        assert Client().get("/metrics/", headers={"Authorization": "Bearer "}).status_code == 404

    def test_whoever_has_it(self, token: str) -> None:
        answer = Client().get("/metrics/", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert b"see1_database_up 1.0" in answer.content

    def test_everybody_in_the_demo(self, settings: LazySettings) -> None:
        settings.METRICS_ARE_OPEN = True
        assert Client().get("/metrics/").status_code == 200


@pytest.mark.usefixtures("db")
class TestCounting:
    def test_a_booking_once_it_is_committed(self, world: World, django_capture_on_commit_callbacks: Any) -> None:
        labels = {"action": "create", "status": "held", "via": "page"}
        before = value("see1_booking_changes_total", **labels)
        with django_capture_on_commit_callbacks() as callbacks:
            world.reserve(span("03-10 10:00"))
        assert value("see1_booking_changes_total", **labels) == before
        for callback in callbacks:
            callback()
        assert value("see1_booking_changes_total", **labels) == before + 1

    def test_a_refusal_by_its_code(self, world: World, callers: Callers) -> None:
        world.reserve(span("03-10 10:00"), by=world.theirs, status=Status.REQUESTED)
        before = value("see1_refusals_total", code="slot_taken", face="api")
        body = {"production": str(world.ours.production.pk), "zones": ["arena"], "activity": "filming"}
        times = {"starts_at": "2027-03-10T10:00:00Z", "ends_at": "2027-03-10T12:00:00Z", "status": "requested"}
        assert callers.ours.post("bookings/", body | times).status_code == 409
        assert value("see1_refusals_total", code="slot_taken", face="api") == before + 1

    def test_a_page_s_refusal_too(self) -> None:
        before = value("see1_refusals_total", code="slot_taken", face="page")
        assert status_of(SlotTaken("Taken.")) == 409
        assert value("see1_refusals_total", code="slot_taken", face="page") == before + 1

    def test_searches_by_what_they_found(self, world: World, callers: Callers) -> None:
        asked = {"activity": "filming", "from": "2027-03-10T00:00:00Z", "to": "2027-03-11T00:00:00Z"}
        for duration, outcome in (("PT2H", "found"), ("P13D", "none")):
            before = value("see1_search_seconds_count", outcome=outcome)
            assert callers.ours.get("modules/see-1/windows/", asked | {"duration": duration}).status_code == 200
            assert value("see1_search_seconds_count", outcome=outcome) == before + 1

    def test_requests_by_route_and_never_by_path(self) -> None:
        labels = {"method": "GET", "route": "healthz/", "status": "2xx"}
        before = value("see1_http_request_seconds_count", **labels)
        Client().get("/healthz/")
        Client().get("/made/up/by/a/stranger/")
        Client().generic("BREW", "/healthz/")
        assert value("see1_http_request_seconds_count", **labels) == before + 1
        assert b"stranger" not in metrics.exposition()
        assert b"BREW" not in metrics.exposition()

    def test_tasks_by_how_they_end(self) -> None:
        for wanted, outcome in ((False, "success"), (True, "failure")):
            before = value("see1_task_seconds_count", task=fail_if.name, outcome=outcome)
            fail_if.apply(args=[wanted])
            assert value("see1_task_seconds_count", task=fail_if.name, outcome=outcome) == before + 1

    def test_mails_and_how_late_they_were(self, world: World) -> None:
        booking = world.reserve(span("05-10 10:00"), status=Status.REQUESTED)
        mail = booking.mails.get(kind="requested")
        mail.state = Mail.State.SENT
        before = value("see1_mail_lag_seconds_sum", kind="requested")
        measures.mailed(mail, at=NOW + timedelta(seconds=90))
        assert value("see1_mail_lag_seconds_sum", kind="requested") == before + 90


@shared_task(name="tests.see1.fail_if")
def fail_if(wanted: bool) -> None:
    if wanted:
        raise ValueError("as asked")


@pytest.mark.usefixtures("db")
class TestReading:
    def test_an_empty_database_has_nothing_overdue(self, world: World) -> None:
        for name in ("see1_outbox_age_seconds", "see1_reminder_lag_seconds", "see1_hold_overdue_seconds"):
            assert reading(name) == 0, name

    def test_the_oldest_mail_and_the_oldest_reminder(self, world: World) -> None:
        booking = world.reserve(span("05-10 10:00"), status=Status.REQUESTED)
        booking.mails.filter(kind="requested").update(due_at=NOW - timedelta(seconds=40))
        booking.mails.filter(kind="reminder_30_days").update(due_at=NOW - timedelta(seconds=30))
        booking.mails.filter(kind="reminder_7_days").update(due_at=NOW - timedelta(days=1), state=Mail.State.SENT)
        assert reading("see1_outbox_age_seconds") == 40
        assert reading("see1_reminder_lag_seconds") == 30
        assert reading("see1_outbox_due") == 2

    def test_bookings_by_status_and_holds_that_stay(self, world: World) -> None:
        hold = world.reserve(span("03-10 10:00"))
        world.reserve(span("03-11 10:00"), status=Status.REQUESTED)
        assert reading("see1_bookings_ahead", status="held") == 1
        assert reading("see1_bookings_ahead", status="requested") == 1
        assert reading("see1_bookings_ahead", status="confirmed") == 0
        assert reading("see1_hold_overdue_seconds", at=hold.hold_expires_at + timedelta(seconds=5)) == 5

    def test_webhooks_that_wait_and_endpoints_that_are_paused(self, world: World) -> None:
        endpoint = WebhookEndpoint.objects.create(
            organisation=world.ours.organisation, url="https://partner.example/", secret="s", created_at=NOW
        )
        world.reserve(span("03-10 10:00"))
        WebhookDelivery.objects.update(due_at=NOW - timedelta(seconds=20), attempts=1)
        assert reading("see1_webhook_age_seconds") == 20
        assert reading("see1_webhooks_retrying") == 1
        endpoint.paused_at = NOW
        endpoint.save()
        assert reading("see1_webhook_age_seconds") == 0
        assert reading("see1_webhook_endpoints_paused") == 1

    def test_how_old_the_ephemeris_is_and_how_far_it_reaches(self, world: World) -> None:
        EphemerisFile.objects.create(
            module=world.module,
            name="oem.txt",
            sha256="0" * 64,
            object_name="ISS",
            created_at=NOW - timedelta(days=2),
            starts_at=NOW - timedelta(days=2),
            ends_at=NOW + timedelta(days=13),
            imported_at=NOW,
            imported_by="staff",
            content=b"",
        )
        assert reading("see1_ephemeris_age_seconds", module="see-1") == 2 * 86_400
        assert reading("see1_ephemeris_left_seconds", module="see-1") == 13 * 86_400

    def test_takes_a_handful_of_queries(self, world: World, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(10):
            list(readings.all_families(at=NOW))

    def test_says_so_where_the_database_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(readings, "all_families", _refuse)
        (up,) = metrics.DatabaseReadings().collect()
        assert up.samples[0].value == 0


def _refuse(*, at: Any) -> None:
    raise OperationalError("could not connect")


def test_a_worker_shows_its_own_at_a_port(token: str, db: None) -> None:
    port = metrics_server.start("127.0.0.1", 0)
    answers = {}
    for sent in (f"Bearer {token}", ""):
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/metrics/", headers={"Authorization": sent})
        answer = connection.getresponse()
        answers[sent] = (answer.status, b"see1_task_seconds" in answer.read())
        connection.close()
    assert list(answers.values()) == [(200, True), (404, False)]


def test_processes_add_up_in_a_directory(tmp_path: Path) -> None:
    """As gunicorn's workers do: each counts in its own process, any of them shows the sum."""
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(PROJECT_DIR)}
    count = "import django; django.setup(); from bookings import measures; measures.refused('closed', 'page')"
    show = "import django; django.setup(); from see1 import metrics; print(metrics.exposition().decode())"
    for program in (count, count):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    shown = subprocess.run(
        [sys.executable, "-c", show], env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert 'see1_refusals_total{code="closed",face="page"} 2.0' in shown
    assert "see1_database_up" in shown


class TestDashboardsAndAlerts:
    def test_alerts_parse_and_each_says_what_it_means(self) -> None:
        groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        assert len({rule["alert"] for rule in rules}) == len(rules) >= 10
        for rule in rules:
            assert rule["labels"]["severity"] in {"page", "ticket"}, rule
            assert {"summary", "description"} <= rule["annotations"].keys(), rule
            assert _balanced(rule["expr"]), rule

    def test_prometheus_scrapes_an_address_that_there_is(self) -> None:
        jobs = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
        assert {job["metrics_path"] for job in jobs} == {"/metrics/"}
        assert {job["job_name"] for job in jobs} == {"see1-web", "see1-worker"}

    @pytest.mark.usefixtures("db")
    def test_every_metric_that_they_ask_for_exists(self, world: World) -> None:
        assert asked_for() - existing() == set()

    @pytest.mark.usefixtures("db")
    def test_every_metric_is_looked_at_by_somebody(self, world: World) -> None:
        families = {name for name in existing() if not name.endswith(("_bucket", "_sum", "_count", "_created"))}
        unwatched = {name for name in families if not any(asked.startswith(name) for asked in asked_for())}
        assert unwatched == set()

    def test_the_dashboard_s_panels_have_their_own_place(self) -> None:
        panels = json.loads((DEPLOY / "grafana" / "see1-bookings.json").read_text())["panels"]
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
        assert len(set(places)) == len(panels) == len({panel["id"] for panel in panels})


def asked_for() -> set[str]:
    """The metrics that dashboards and alerts name."""
    return {name for text in _expressions() for name in re.findall(r"\bsee1_[a-z0-9_]+", text)}


def _expressions() -> Iterator[str]:
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads((DEPLOY / "grafana" / "see1-bookings.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def existing() -> set[str]:
    """Every series' name that could be scraped."""
    families = [*metrics.REGISTRY.collect(), *metrics.DatabaseReadings().collect()]
    names = {family.name for family in families if family.name.startswith("see1_")}
    found = set()
    for family in families:
        if family.name in names:
            suffixes = {"counter": ["_total"], "histogram": ["", "_bucket", "_sum", "_count"]}.get(family.type, [""])
            found |= {family.name + suffix for suffix in suffixes}
    return found


def _balanced(expression: str) -> bool:
    return all(expression.count(a) == expression.count(b) for a, b in ("()", "[]", "{}"))
