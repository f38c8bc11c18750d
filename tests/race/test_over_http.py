"""The same race from outside: partners' keys against the web server's own processes and threads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.utils import timezone

from bookings.keys import make_key
from tests.processes import Processes
from tests.race.field import Field, check
from tests.threads import race

pytestmark = pytest.mark.slow
CLIENTS = 8


@pytest.fixture
def port(field: Field, tmp_path: Path) -> Iterator[int]:
    """After the field, so that the server is gone before its tables are emptied."""
    processes = Processes(tmp_path)
    yield processes.web(workers=2, threads=4)[1]
    processes.close()


@pytest.mark.parametrize(
    ("status", "slots", "answers"),
    [
        ("requested", 8, [201] + [409] * (CLIENTS - 1)),
        ("held", 4, [201] * 3 + [409] * (CLIENTS - 3)),
    ],
)
def test_booking_over_http(field: Field, port: int, status: str, slots: int, answers: list[int]) -> None:
    now = timezone.now()
    field.first = now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=60)
    keys = [
        make_key(user=company.owner, organisation=company.organisation, name="race", at=now)[1]
        for company in field.companies
    ]

    def post(slot: int, lane: int) -> tuple[int, dict]:
        draft = field.draft(slot, lane)
        body = {
            "production": str(draft.production_id),
            "zones": list(draft.zones),
            "activity": draft.activity,
            "starts_at": draft.span.starts_at.isoformat(),
            "ends_at": draft.span.ends_at.isoformat(),
            "status": status,
        }
        headers = {"Authorization": f"Bearer {keys[lane]}", "Content-Type": "application/json"}
        server = HTTPConnection("127.0.0.1", port, timeout=60)
        server.request("POST", "/api/v1/bookings/", json.dumps(body), headers)
        response = server.getresponse()
        told = json.loads(response.read())
        server.close()
        return response.status, told

    for outcomes in race([[partial(post, slot, lane) for lane in range(CLIENTS)] for slot in range(slots)]):
        failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert not failures
        assert sorted(code for code, _ in outcomes) == answers, outcomes
        refused = [told for code, told in outcomes if code == 409]
        assert {told["code"] for told in refused} == {"slot_taken" if status == "requested" else "hold_ranks_full"}
        assert all(told["alternatives"] for told in refused)
    check(range(slots), field.first, timezone.now())
