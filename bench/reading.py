"""Reading over HTTP beside a full table: a week's calendar, its 304, the same hours free on thirty days, the orbit.

First with as many bookings as Indico was measured with, then with a million: the week that is asked for holds the same
in both. The server is production's, with one client, so that what is timed is the work and not a queue.

    python -m bench reading           prints the table, writes var/bench/reading.json
    BENCH_ROWS=200000 …               fewer than a million
"""

from __future__ import annotations

import gzip
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import urlencode

from bench.stage.clients import Answer, Client
from bench.stage.rows import Table
from bench.stage.server import Server
from bench.stage.tables import fill, found

FEW = 71_676
MANY = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = 40
MOST_GROWTH = 1.3
KIB = 1024


def main() -> int:
    table = Table("reading")
    with Server(workers=1) as server:
        server.run(server.web())
        found(server)
        few = measured(server, table, FEW, promised=True)
        orbit(server, table)
        many = measured(server, table, MANY, promised=False)
    for what, took in many.items():
        table.at_most(f"… {what}: {MANY:,} as part of {FEW:,}", took / few[what], MOST_GROWTH, "×")
    return table.write()


def measured(server: Server, table: Table, rows: int, *, promised: bool) -> dict[str, float]:
    began = time.monotonic()
    fill(server, rows)
    print(f"{rows:,} bookings in the table ({time.monotonic() - began:.0f} s to write)")
    found_ms = {}
    for what, ask, most in (("a week's calendar, p50", week, 15), ("free on 30 days, p50", free, 40)):
        with Client(server.port, **credentials(server)) as client:
            answers = asked(lambda ask=ask, client=client: ask(server, client))
        found_ms[what] = took = median(answer.seconds * 1000 for answer in answers)
        if promised:
            table.at_most(what, took, most, "ms", f"{len(answers[0].body) / KIB:.0f} KiB")
        else:
            table.seen(what, took, "ms", f"with {rows:,}")
    if promised:
        calendar(server, table)
    return found_ms


def calendar(server: Server, table: Table) -> None:
    """What a week weighs on the wire, and what it costs when it is known already."""
    with Client(server.port, **credentials(server), Accept_Encoding="gzip") as client:
        first = week(server, client)
        again = asked(lambda: week(server, client, If_None_Match=first.header("ETag")))
    if {answer.status for answer in again} != {304}:
        raise RuntimeError("The calendar did not say 304 to who knows it.")
    body = gzip.decompress(first.body) if first.header("Content-Encoding") == "gzip" else first.body
    wire = len(first.head) + len(first.body)
    table.at_most("… on the wire", wire / KIB, 60, "KiB", f"{len(body) / KIB:.0f} KiB read")
    table.at_most("… unchanged (304), p50", median(a.seconds * 1000 for a in again), 3, "ms")


def orbit(server: Server, table: Table) -> None:
    """Thirty days of night, warm: a search that finds nothing and says why, and one that finds windows."""
    night = {"lighting": "night", "lighting_min": "PT20M"}
    over_rome = {"duration": "PT2H", "place": "rome", "pass_min": "PT2M"}
    for what, wanted, finds in (
        ("30-day orbital search, warm, p50", over_rome, False),
        ("… that finds windows, with a crew, p50", {"duration": "PT1H", "crew": "2"}, True),
    ):
        with Client(server.port, **credentials(server)) as client:
            answers = asked(lambda client=client, wanted=wanted: windows(server, client, days=30, **night, **wanted))
        if bool(answers[0].json()["results"]) != finds:
            raise RuntimeError("The search is not what its name says.")
        table.at_most(what, median(a.seconds * 1000 for a in answers), 60, "ms")


def credentials(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.key}", "Cookie": f"sessionid={server.session}"}


def week(server: Server, client: Client, **headers: str) -> Answer:
    """The timeline's own data, a bar for each booking of each zone."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    span = {"from": written(midnight), "to": written(midnight + timedelta(days=7)), "resolution": "P1D"}
    return answered(client.get(f"/timeline/data/?{urlencode({'module': 'see-1', **span})}", **headers))


def free(server: Server, client: Client) -> Answer:
    """Which of fifty zones are free from half past six to half past seven on each of thirty days; and their prices."""
    answer = windows(server, client, days=30, duration="PT1H", step="1440", page_size="200")
    if len(answer.json()["results"]) < 200:
        raise RuntimeError("Nothing was free, so nothing was measured.")
    return answer


def windows(server: Server, client: Client, *, days: int, duration: str, **asked_for: str) -> Answer:
    first = datetime.now(UTC).replace(hour=6, minute=30, second=0, microsecond=0) + timedelta(days=4)
    span = {"from": written(first), "to": written(first + timedelta(days=days))}
    query = {"activity": "music", "duration": duration, **span, **asked_for}
    return answered(client.get(f"/api/v1/modules/see-1/windows/?{urlencode(query)}"))


def asked(ask: Callable[[], Answer]) -> list[Answer]:
    for _ in range(5):
        ask()
    return [ask() for _ in range(ROUNDS)]


def answered(answer: Answer) -> Answer:
    if answer.status not in {200, 304}:
        raise RuntimeError(f"{answer.status} {answer.body[:500]!r}")
    return answer


def written(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


if __name__ == "__main__":
    sys.exit(main())
