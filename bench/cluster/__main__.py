"""Run the cluster: throughput with one web host and with two, then two minutes of booking while each machine dies."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from bench.cluster.clients import Load, Seen
from bench.cluster.front import Missing
from bench.cluster.layout import Cluster, ask
from see1.embedded.processes import StackError

THROUGHPUT_S = 20
FAULTS_S = 120
RECOVERY_S = 30.0
KILLS = (
    (10, "web1"),
    (22, "worker-mail"),
    (30, "worker-rest"),
    (38, "beat1"),
    (46, "redis"),
    (58, "pgbouncer"),
    (70, "replica"),
    (85, "primary"),
)
FIGURES = Path(__file__).resolve().parents[2] / "var" / "bench" / "cluster.json"
BUSIEST = 4


def main() -> int:
    directory = Path(tempfile.mkdtemp(prefix="see1-cluster-"))
    directory.chmod(0o755)
    cluster = Cluster(directory, lambda line: print(f"  {line}", flush=True))
    try:
        cluster.start()
        figures = {"throughput": throughput(cluster), "faults": faults(cluster)}
    except (Missing, StackError) as problem:
        print(problem)
        return 2
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures["faults"]["kept"] else 1


def throughput(cluster: Cluster) -> list[dict[str, Any]]:
    """The same load on one web host and on both, and what was busy."""
    print(f"{'web hosts':>10}{'bookings/s':>12}{'p50 ms':>9}{'p95 ms':>9}   cores busy, of {os.cpu_count()}")
    rows = [_throughput(cluster, hosts, place) for place, hosts in enumerate((1, 2))]
    cluster.nginx.use(cluster.web_ports, running=cluster.process["nginx"])
    return rows


def _throughput(cluster: Cluster, hosts: int, place: int) -> dict[str, Any]:
    cluster.nginx.use(cluster.web_ports[:hosts], running=cluster.process["nginx"])
    time.sleep(1)
    with Load(port=cluster.port, key=cluster.key, first_slot=place * 6000) as load:
        time.sleep(3)  # warm
        before, began = cluster.cpu_seconds(), time.monotonic()
        time.sleep(THROUGHPUT_S)
        after, ended = cluster.cpu_seconds(), time.monotonic()
    took = sorted(seen.seconds * 1000 for seen in load.log.answers if began <= seen.at < ended and seen.status == 201)
    cores = {name: (after[name] - before.get(name, 0)) / (ended - began) for name in after}
    busiest = dict(sorted(cores.items(), key=lambda item: -item[1])[:BUSIEST])
    row = {
        "web_hosts": hosts,
        "bookings_per_s": round(len(took) / (ended - began), 1),
        "p50_ms": round(median(took), 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
        "cores_busy": {name: round(busy, 2) for name, busy in cores.items()},
    }
    said = ", ".join(f"{name} {busy:.2f}" for name, busy in busiest.items())
    print(f"{hosts:>10}{row['bookings_per_s']:>12}{row['p50_ms']:>9}{row['p95_ms']:>9}   {said}", flush=True)
    return row


def faults(cluster: Cluster) -> dict[str, Any]:
    """Kill one of each, while people book; then ask the database what became of it."""
    print(f"\n{FAULTS_S} s of booking, and one of each is killed")
    killed: list[tuple[str, float]] = []
    with Load(port=cluster.port, key=cluster.key, first_slot=12_000) as load:
        began = time.monotonic()
        for at_s, name in KILLS:
            time.sleep(max(0.0, began + at_s - time.monotonic()))
            killed.append((name, time.monotonic()))
            cluster.kill(name)
        time.sleep(max(0.0, began + FAULTS_S - time.monotonic()))
    rows = [_after(name, at, following, load.log.answers) for (name, at), following in _with_next(killed)]
    _print_rows(rows)
    return _verdict(cluster, load, rows)


def _with_next(killed: Sequence[tuple[str, float]]) -> list[tuple[tuple[str, float], float]]:
    ends = [at for _, at in killed[1:]] + [float("inf")]
    return list(zip(killed, ends, strict=True))


def _after(name: str, at: float, until: float, answers: Sequence[Seen]) -> dict[str, Any]:
    """What the callers saw from the kill of `name` to the next one."""
    mine = sorted((seen for seen in answers if at <= seen.at + seen.seconds < until), key=lambda s: s.at + s.seconds)
    errors = [seen.at + seen.seconds for seen in mine if seen.status in {0, 503}]
    moments = [at, *(seen.at + seen.seconds for seen in mine if seen.status == 201)]
    silence = max((b - a for a, b in pairwise(moments)), default=float("inf"))
    return {
        "killed": name,
        "answered_201": sum(seen.status == 201 for seen in mine),
        "answered_503": sum(seen.status == 503 for seen in mine),
        "broken_connections": sum(seen.status == 0 for seen in mine),
        "last_error_after_s": round(errors[-1] - at, 1) if errors else 0.0,
        "longest_without_a_booking_s": round(silence, 1),
    }


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    print(f"{'killed':>14}{'201':>7}{'503':>7}{'broken':>8}{'last error after':>18}{'longest silence':>17}")
    for row in rows:
        print(
            f"{row['killed']:>14}{row['answered_201']:>7}{row['answered_503']:>7}{row['broken_connections']:>8}"
            f"{row['last_error_after_s']:>16.1f} s{row['longest_without_a_booking_s']:>15.1f} s"
        )


_DOUBLED = """
SELECT count(*) FROM bookings_claim a JOIN bookings_claim b
ON a.id < b.id AND a.zone_id = b.zone_id AND a.rank = 1 AND b.rank = 1 AND a.period && b.period
"""


def _verdict(cluster: Cluster, load: Load, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    stands = {
        str(row[0]) for row in ask(cluster.database_url, "SELECT id FROM bookings_booking WHERE status = 'requested'")
    }
    ((doubled,),) = ask(cluster.database_url, _DOUBLED)
    ((mails,),) = ask(cluster.database_url, "SELECT count(*) FROM bookings_mail")
    made = set(load.log.made.values())
    found: dict[str, Any] = {
        "by_kill": list(rows),
        "answers": {str(status): number for status, number in sorted(load.log.counts().items())},
        "answered_201": len(load.log.made),
        "different_bookings": len(made),
        "lost": len(made - stands),
        "doubled": doubled,
        "odd_answers": load.log.odd[:5],
        "mails_promised": mails,
    }
    found["kept"] = (
        not found["lost"]
        and not doubled
        and not load.log.odd
        and len(made) == len(load.log.made)
        and all(row["last_error_after_s"] <= RECOVERY_S for row in rows)
        and cluster.promoted_at is not None
    )
    print(f"\nanswered 201: {found['answered_201']}, lost: {found['lost']}, double-booked: {doubled}")
    print(f"answers: {found['answers']}; odd ones: {found['odd_answers'] or 'none'}")
    print("KEPT" if found["kept"] else "BROKEN")
    return found


if __name__ == "__main__":
    sys.exit(main())
