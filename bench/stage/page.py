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
MOST_ROWS = 15  # and whatever is promised; the rest stands in `var/bench/`
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
        shown = [row for place, row in enumerate(found["rows"]) if place < MOST_ROWS or row["promised"]]
        rows = ["| what | found | promised | today's best |", "|---|---|---|---|", *map(_row, shown)]
        parts.append(f"## {name.title()}\n\n" + "\n".join(rows) + f"\n\n{busy}\n")
    parts += [_faults(), _BOTTOM]
    PAGE.write_text("\n".join(parts))
    return PAGE


def _faults() -> str:
    """What `make chaos` left, if it was run."""
    file = DIRECTORY / "chaos.json"
    if not file.exists():
        return ""
    names = ("fault", "201", "503", "lines cut", "again in", "all sent in", "booked twice", "lost", "mails lost", "")
    head = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    rows = [row for row in json.loads(file.read_text()) if "answered_201" in row]
    lines = [
        f"| {row['fault']} | {row['answered_201']} | {row['answered_503']} | {row['broken_lines']}"
        f" | {row['again_after_s']} s | {row['settled_after_s']} s"
        f" | {row['doubled']} | {row['lost']} | {row['mails_lost']}"
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
  some 5,500 calls, of one that does nothing 2,200. It is about a quarter of the view that does nothing: for two fifths
  it would have to make do with less than five milliseconds of processor, and PostgreSQL alone takes more than two, the
  way through the framework one and a half. Neither profile has a peak left. Of PostgreSQL's own time (`perf`) the
  triggers that write the audit and the marks are 16 %, foreign keys 7, indexes 8, reading the statements' text and
  values 12, the commit beside that 10. In Python making the seven models of a booking is some 4 %;
  reading the body and writing the answer are 5 and 4.
- **The calendar** reads each claim of the week and writes it as a bar; JSON is the rest. A 304 is four short statements
  (session, person, memberships, marks) and the way through the middleware. What the orbit gives over the span is kept
  by the process; the first to ask of a span waits for ten statements more.
- **A search** of thirty days for two hundred windows is what lies in each of them of the orbit, and JSON; one that
  finds nothing is arithmetic on arrays, most of it to say what each requirement rules out.
- **Reminders** are sent by the two processes of a worker, each through one connection and one after the other, claimed
  and marked in its own transaction. Writing the mail (two templates, MIME) takes most of the time.
- **A web worker** holds Django, its packages and numpy; what draws a PDF is loaded where a quote is first asked for,
  and adds 18 MB then.
- **Staff's pages** wait for counting: a text searched for in a hundred thousand bookings, utilisation over ten years.
"""
