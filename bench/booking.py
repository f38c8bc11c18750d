"""Booking over HTTP: races for one window, bookings a second beside a view that does nothing, and one alone.

The server is production's, with four gunicorn workers and durable writes, on the machine that the clients run on too:
each client costs it some tenths of a millisecond a request. The view that does nothing and the booking take turns, so
that whatever else the machine does falls on both.

    python -m bench booking           prints the table, writes var/bench/booking.json
"""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from typing import Any

from bench.stage.clients import Answer, Client, together
from bench.stage.rows import Table
from bench.stage.server import Server

ZONES = ("studio", "arena", "control")
FIRST_DAY = 10
DAYS = 300
CLIENTS = 8
ROUNDS = 4
NOTHING_S, BOOKING_S = 2.0, 5.0
ALONE = 150
RACES = ((2, 700), (8, 300))
"""Clients, and windows that so many race for."""

PATIENCE_S = 60

DOUBLED = """
SELECT count(*) FROM bookings_claim a JOIN bookings_claim b
ON a.id < b.id AND a.zone_id = b.zone_id AND a.rank = 1 AND b.rank = 1 AND a.period && b.period
"""


def main() -> int:
    table = Table("booking")
    with Server() as server:
        server.run(server.web())
        field = Field(server)
        field.warm()
        alone(field, table)
        side_by_side(field, table)
        for clients, windows in RACES:
            race(field, clients, windows, table)
        ((doubled,),) = server.sql(DOUBLED)
    table.at_most("windows booked twice, of 1,000 raced for", doubled, 0, "")
    return table.write()


class Field:
    """Windows that nobody asked for yet, on days far apart, and how they are asked for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._slots = count()
        self._lock = threading.Lock()
        self._midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    def client(self) -> Client:
        return Client(self.server.port, Authorization=f"Bearer {self.server.key}")

    def next_window(self) -> dict[str, Any]:
        with self._lock:
            slot = next(self._slots)
        day, turn = slot % DAYS, slot // DAYS
        zone, hour = ZONES[turn % len(ZONES)], turn // len(ZONES)
        starts_at = self._midnight + timedelta(days=FIRST_DAY + day, hours=hour)
        return {
            "production": self.server.production,
            "zones": [zone],
            "activity": "music",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(minutes=30)).isoformat(),
            "status": "requested",
        }

    def book(self, client: Client, *, safely: bool = False) -> Answer:
        """`safely` is with a key under which it could be sent again."""
        window = self.next_window()
        once = {"Idempotency-Key": f"{window['starts_at']}{window['zones'][0]}"} if safely else {}
        answer = client.post("/api/v1/bookings/", window, **once)
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} {answer.body[:500]!r}")
        return answer

    def booking(self, lane: int) -> Iterator[Answer]:
        with self.client() as client:
            while True:
                yield self.book(client)

    def booking_safely(self, lane: int) -> Iterator[Answer]:
        with self.client() as client:
            while True:
                yield self.book(client, safely=True)

    def nothing(self, lane: int) -> Iterator[Answer]:
        with self.client() as client:
            while True:
                yield client.post("/api/v1/nothing/", {})

    def warm(self) -> None:
        """Every worker has its code and what it keeps of the schedule."""
        together(2 * CLIENTS, self.booking, seconds=3)
        together(2 * CLIENTS, self.nothing, seconds=1)


def alone(field: Field, table: Table) -> None:
    with field.client() as client:
        took = [field.book(client).seconds * 1000 for _ in range(ALONE)]
    table.at_most("one booking alone, p50", median(took), 12, "ms", f"p95 {percentile(took, 95):.1f} ms")


def side_by_side(field: Field, table: Table) -> None:
    """Nothing, booking, nothing, booking …: bookings a second, and what part that is of doing nothing."""
    nothing, booked, took = 0, 0, []
    cpu_of_nothing, cpu_of_booking = defaultdict[str, float](float), defaultdict[str, float](float)
    for _ in range(ROUNDS):
        with _counting(field.server, cpu_of_nothing):
            nothing += len(together(CLIENTS, field.nothing, seconds=NOTHING_S))
        with _counting(field.server, cpu_of_booking):
            answers = together(CLIENTS, field.booking, seconds=BOOKING_S)
        booked += len(answers)
        took += [answer.seconds * 1000 for answer in answers]
    a_second, empty = booked / (ROUNDS * BOOKING_S), nothing / (ROUNDS * NOTHING_S)
    table.at_least("bookings a second, 8 clients, 4 workers", a_second, 200, "/s", f"p50 {median(took):.1f} ms")
    table.seen("… the authenticated view that does nothing", empty, "/s")
    table.at_least("… bookings as part of that", 100 * a_second / empty, 40, "%")
    table.seen("… processor time of a booking", *_each(cpu_of_booking, booked))
    table.seen("… and of doing nothing", *_each(cpu_of_nothing, nothing))
    safely = len(together(CLIENTS, field.booking_safely, seconds=BOOKING_S)) / BOOKING_S
    table.seen("… bookings with an Idempotency-Key", safely, "/s")


@contextmanager
def _counting(server: Server, spent: dict[str, float]) -> Iterator[None]:
    """Add to `spent` the seconds of processor time that each part takes meanwhile."""
    before = server.cpu_seconds()
    yield
    for name, now in server.cpu_seconds().items():
        spent[name] += now - before[name]


def _each(spent: dict[str, float], number: int) -> tuple[float, str, str]:
    """Milliseconds for each of so many, and whose they are: true whatever else the machine does."""
    parts = {name: 1000 * seconds / number for name, seconds in spent.items()}
    said = ", ".join(f"{name} {ms:.2f}" for name, ms in sorted(parts.items(), key=lambda part: -part[1]))
    return sum(parts.values()), "ms", said


def race(field: Field, clients: int, windows: int, table: Table) -> None:
    """So many at once for one window, again and again: one gets it, and how soon the others are told."""
    start, lines = threading.Barrier(clients), [field.client() for _ in range(clients)]
    wanted = [field.next_window() for _ in range(windows)]
    answers: list[list[Answer]] = [[] for _ in range(clients)]

    def run(lane: int) -> None:
        for window in wanted:
            start.wait(PATIENCE_S)
            answers[lane].append(lines[lane].post("/api/v1/bookings/", window))

    threads = [threading.Thread(target=run, args=(lane,), daemon=True) for lane in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for line in lines:
        line.close()
    rounds = list(zip(*answers, strict=True))
    odd = [round_ for round_ in rounds if sorted(a.status for a in round_) != [201] + [409] * (clients - 1)]
    lost = [answer for round_ in rounds for answer in round_ if answer.status == 409]
    empty = sum(not answer.json()["alternatives"] for answer in lost)
    took = [answer.seconds * 1000 for answer in lost]
    table.at_most(f"{clients} clients race: windows without one winner", len(odd), 0, "", f"of {windows}")
    table.at_most("… refusals without alternatives", empty, 0, "", f"of {len(lost)}")
    said = f"p95 {percentile(took, 95):.1f} ms"
    if clients == 2:
        table.at_most("… the loser's 409 with alternatives, p50", median(took), 50, "ms", said)
    else:
        table.seen("… the losers' 409 with alternatives, p50", median(took), "ms", said)


def percentile(values: list[float], part: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * part // 100)]


if __name__ == "__main__":
    sys.exit(main())
