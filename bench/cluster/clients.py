"""Eight partners who book, each hour once, and repeat what was not answered with the key they used for it."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any

from see1.embedded.ports import LOOPBACK

CLIENTS = 8
ZONES = ("studio", "arena", "control")
FIRST_DAY = 4
TAKEN_EVERY = 10
"""Every tenth call asks for time that its own client has just been given: it must be refused."""


@dataclass
class Seen:
    """What one call came to: when (seconds), its status (0 where the connection broke), its booking."""

    at: float
    status: int
    seconds: float


@dataclass
class Log:
    answers: list[Seen] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    """Idempotency key → id of the booking, for each 201."""
    odd: list[str] = field(default_factory=list)

    def counts(self) -> Counter[int]:
        return Counter(seen.status for seen in self.answers)


class Load:
    """Starts with `with`; ends, all calls answered, with the block."""

    def __init__(self, *, port: int, key: str, first_slot: int = 0, clients: int = CLIENTS) -> None:
        self._port, self._key = port, key
        self.log = Log()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._slots = count(first_slot)
        self._midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._production = self._make_production()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(clients)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=120)

    def move_to(self, port: int) -> None:
        """From the next call on, ask there."""
        self._port = port

    def next_slot(self) -> int:
        with self._lock:
            return next(self._slots)

    def _make_production(self) -> str:
        body = {"title": "Load", "activity": "music"}
        with closing(self._connect()) as connection:
            _, answer = self._send(connection, "/api/v1/productions/", body, f"production-{time.time()}")
        return str(answer["id"])

    def _connect(self) -> HTTPConnection:
        return HTTPConnection(LOOPBACK, self._port, timeout=40)

    def _send(
        self, connection: HTTPConnection, path: str, body: dict[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status == 503 and not answer.headers.get("Retry-After"):
            self.log.odd.append("503 without Retry-After")
        return answer.status, json.loads(said) if said else {}

    def _work(self) -> None:
        connection = self._connect()
        while not self._stopping.is_set():
            slot = self.next_slot()
            connection = self._book_until_answered(connection, slot, f"slot-{slot}")
            if slot % TAKEN_EVERY == 0:
                connection = self._book_until_answered(connection, slot, f"again-{slot}")
        connection.close()

    def _book_until_answered(self, connection: HTTPConnection, slot: int, key: str) -> HTTPConnection:
        body = self._body(slot)
        while True:
            began = time.monotonic()
            if connection.port != self._port:
                connection.close()
                connection = self._connect()
            try:
                status, answer = self._send(connection, "/api/v1/bookings/", body, key)
            except (OSError, HTTPException, ValueError):
                status, answer = 0, {}
                connection.close()
                connection = self._connect()
            self._note(Seen(began, status, time.monotonic() - began), key, answer)
            if status not in {0, 503} and answer.get("code") != "idempotency_in_flight":
                return connection
            time.sleep(0.2)

    def _note(self, seen: Seen, key: str, answer: dict[str, Any]) -> None:
        with self._lock:
            self.log.answers.append(seen)
            if seen.status == 201:
                self.log.made[key] = answer["id"]
            elif seen.status not in {0, 503} and answer.get("code") not in {"slot_taken", "idempotency_in_flight"}:
                self.log.odd.append(f"{seen.status} {json.dumps(answer)[:300]}")

    def _body(self, slot: int) -> dict[str, Any]:
        hours, zone = divmod(slot, len(ZONES))
        starts_at = self._midnight + timedelta(days=FIRST_DAY, hours=hours)
        return {
            "production": self._production,
            "zones": [ZONES[zone]],
            "activity": "music",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(minutes=30)).isoformat(),
            "status": "requested",
        }
