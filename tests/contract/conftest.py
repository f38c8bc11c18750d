"""The contract from outside: a running stack with its demo, and nothing imported from the application."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.stack import RunningStack

HERE = Path(__file__).parent
KEYS = {
    "producer": "see1_demo_producer",
    "rival": "see1_demo_rival",
    "readonly": "see1_demo_partner_readonly",
    "staff": "see1_demo_staff",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("contract"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("contract") / "var", DEMO="1")
    try:
        yield running.wait_until_greeting()
    finally:
        running.stop()


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Caller:
    base: str
    key: str | None

    def __call__(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        headers |= kwargs.pop("headers", {})
        url = path if path.startswith("http") else f"{self.base}/api/v1/{path}"
        return requests.request(method, url, headers=headers, timeout=30, **kwargs)

    def get(self, path: str, **params: Any) -> requests.Response:
        return self("GET", path, params=params)

    def act(self, booking: dict[str, Any], action: str, **body: Any) -> requests.Response:
        etag = self("GET", f"bookings/{booking['id']}/").headers["ETag"]
        return self("POST", f"bookings/{booking['id']}/{action}/", json=body or None, headers={"If-Match": etag})

    def production(self, activity: str = "filming") -> str:
        found = self.get("productions/", page_size=200).json()["results"]
        return next(p["id"] for p in found if p["activity"] == activity)

    def window(self, zone: str = "arena", activity: str = "filming", duration: str = "PT2H") -> tuple[str, str]:
        """A free window far ahead, never the same twice: each call looks a day further."""
        start = next(DAYS)
        found = self.get(
            f"modules/see-1/windows/?activity={activity}&duration={duration}&zone={zone}"
            f"&from={instant(start)}&to={instant(start + timedelta(days=1))}&page_size=1"
        )
        assert found.status_code == 200, found.text
        first = found.json()["results"][0]
        return first["starts_at"], first["ends_at"]

    def body(self, zone: str = "arena", activity: str = "filming", **more: Any) -> dict[str, Any]:
        starts_at, ends_at = self.window(zone, activity)
        return {
            "production": self.production(activity),
            "zones": [zone],
            "activity": activity,
            "starts_at": starts_at,
            "ends_at": ends_at,
        } | more

    def book(self, **more: Any) -> dict[str, Any]:
        made = self("POST", "bookings/", json=self.body(**more))
        assert made.status_code == 201, made.text
        booking: dict[str, Any] = made.json()
        return booking


def _days() -> Iterator[datetime]:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=60)
    while True:
        yield day
        day += timedelta(days=1)


DAYS = _days()


@pytest.fixture(scope="session")
def callers(stack: RunningStack) -> dict[str, Caller]:
    return {name: Caller(stack.url, key) for name, key in KEYS.items()} | {"nobody": Caller(stack.url, None)}


@pytest.fixture
def producer(callers: dict[str, Caller]) -> Caller:
    return callers["producer"]


@pytest.fixture
def rival(callers: dict[str, Caller]) -> Caller:
    return callers["rival"]


@pytest.fixture
def staff(callers: dict[str, Caller]) -> Caller:
    return callers["staff"]


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex
