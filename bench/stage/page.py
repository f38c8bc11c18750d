"""The page of figures, written from what the benchmarks left in `var/bench/`."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.stage.rows import DIRECTORY

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "figures.md"
NAMES = ("booking", "reading", "reminders", "starting", "admin")
PEERS = {
    "windows booked twice, of 1,000 raced for": "Indico 3.2.9: 20 of 30 and 18 of 20; pretix 2026.8: 0",
    "bookings a second, 8 clients, 4 workers": "Indico 50, pretix 16",
    "one booking alone, p50": "Indico 36 ms, pretix 76 ms",
    "a week's calendar, p50": "Indico 183 ms, 500 KiB",
    "free on 30 days, p50": "Indico 933 ms",
    "empty machine to first page, warm package cache": "pretix 35 s and 64 s",
}

_TOP = """# Figures

`make bench` measures all of this in one run on one machine, prints it, writes `var/bench/*.json` and this page.
`python -m bench booking` (or `reading`, `reminders`, `starting`, `admin`, `search`, `orbit`, `timeline`) measures a
part; `BENCH_ROWS=200000` makes the largest table smaller. `make chaos` breaks one thing after the other while eight
clients book, and prints what became of it.

The server is production's: its settings, four gunicorn workers, PostgreSQL with durable writes. The clients run on the
same machine and cost it some tenths of a millisecond a call.

Measured on {day} with {cores} cores ({machine}), Python {python}.
"""


def write() -> Path:
    """From the files that are there; what was not measured is left out."""
    known = _known()
    parts = [_TOP.format(**_machine(known))]
    for name, found in known.items():
        busy = f"Load average at the end of it: {found['load_average']}."
        rows = ["| what | found | promised | today's best |", "|---|---|---|---|", *map(_row, found["rows"])]
        parts.append(f"## {name.title()}\n\n" + "\n".join(rows) + f"\n\n{busy}\n")
    parts += [_faults(), _BOTTOM]
    PAGE.write_text("\n".join(parts))
    return PAGE


def _faults() -> str:
    """What `make chaos` left, if it was run."""
    file = DIRECTORY / "chaos.json"
    if not file.exists():
        return ""
    head = ["| fault | 201 | 503 | lines cut | again in | booked twice | lost | mails lost | |", "|---" * 9 + "|"]
    rows = [row for row in json.loads(file.read_text()) if "answered_201" in row]
    lines = [
        f"| {row['fault']} | {row['answered_201']} | {row['answered_503']} | {row['broken_lines']}"
        f" | {row['again_after_s']} s | {row['doubled']} | {row['lost']} | {row['mails_lost']}"
        f" | {'kept' if not row['broken'] else ', '.join(row['broken'])} |"
        for row in rows
    ]
    return "## Faults, while eight clients book\n\n" + "\n".join([*head, *lines]) + "\n"


def _known() -> dict[str, Any]:
    files = {name: DIRECTORY / f"{name}.json" for name in NAMES}
    return {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}


def _machine(known: dict[str, Any]) -> dict[str, Any]:
    return {
        "day": f"{datetime.now(UTC):%-d %B %Y}",
        "cores": os.cpu_count(),
        "machine": f"{platform.system()} on {platform.machine()}",
        "python": platform.python_version(),
    }


def _row(row: dict[str, Any]) -> str:
    found = f"{row['found']:,.1f} {row['unit']}".strip()
    mark = "" if row["kept"] else " (not kept)"
    note = f" ({row['note']})" if row["note"] else ""
    promised = f"{row['promised']} {row['unit']}{mark}" if row["promised"] else ""
    return f"| {row['what']}{note} | {found} | {promised} | {PEERS.get(row['what'], '')} |"


_BOTTOM = """## What limits it

- **A booking** is bound by the processor: four messages to PostgreSQL, whose writing (booking, claims, history,
  reminders, audit, and looking at its foreign keys) takes a third of the time, Python the rest. What was saved and why
  nothing is kept in a process that could be stale stands in `docs/decisions`. `python -m cProfile` of one request shows
  some 6,400 calls, of one that does nothing 2,200.
- **The calendar** reads every claim of the week and draws each as a bar; a 304 costs as much as the answer but for its
  way over the wire, for what has changed is found by writing it. It could be told from the newest change alone, where
  every write left one.
- **A search** is arithmetic on arrays; most of its time goes into prices and writing two hundred windows down.
- **Reminders** are sent by the two processes of a worker, each through one connection and one after the other, claimed
  and marked in its own transaction. Writing the mail (two templates, MIME) takes most of the time.
"""
