"""A client that nobody wrote: generated from the document, it finds a window, books it and cancels it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from pytest_django.live_server_helper import LiveServer

from bookings.keys import make_key
from tests.callers import Caller
from tests.world import build

pytestmark = pytest.mark.slow
PACKAGE = "see1_client"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> ModuleType:
    document = tmp_path / "openapi.json"
    document.write_bytes(Caller().get("schema/", {"format": "json"}).content)
    config = tmp_path / "config.json"
    known = {"application/pdf": "application/octet-stream"}  # the generator knows no PDF by its own name
    config.write_text(json.dumps({"package_name_override": PACKAGE, "post_hooks": [], "content_type_overrides": known}))
    made = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta=none", "--fail-on-warning"),
            *(f"--path={document}", f"--output-path={tmp_path / PACKAGE}", f"--config={config}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module(PACKAGE)
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_it_books_and_cancels(client: ModuleType, live_server: LiveServer) -> None:
    world = build()
    now = datetime.now(UTC)
    _, key = make_key(user=world.ours.owner, organisation=world.ours.organisation, name="generated", at=now)

    def operation(name: str) -> ModuleType:
        tag = name.split("_")[0]
        return importlib.import_module(f"{PACKAGE}.api.{tag}.{name}")

    models = importlib.import_module(f"{PACKAGE}.models")
    see1 = client.AuthenticatedClient(base_url=live_server.url, token=key, raise_on_unexpected_status=True)
    with see1:
        begins = (now + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)
        found = operation("modules_windows_retrieve").sync(
            slug="see-1",
            client=see1,
            activity=models.ModulesWindowsRetrieveActivity("filming"),
            duration="PT2H",
            from_=begins,
            to=begins + timedelta(days=2),
            zone=["arena"],
        )
        window = found.results[0]
        productions = operation("productions_list").sync(client=see1)
        body = models.BookingRequest(
            production=productions.results[0].id,
            zones=[window.zone],
            activity=models.ActivityEnum("filming"),
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            status=models.FirstStatusEnum("requested"),
        )
        booking = operation("bookings_create").sync(client=see1, body=body, idempotency_key="generated-1")
        assert booking.status == "requested"
        cancelled = operation("bookings_cancel_create").sync(booking_id=booking.id, client=see1, if_match=booking.etag)
        assert cancelled.status == "cancelled"
