"""Make each fault happen while eight partners book, and hold the application to its word.

After each: no window booked twice, no booking lost that was answered 201, no mail lost or sent more often than what was
in flight at the kill, no hold or request that should have lapsed and stands, nothing answered but what can be acted on
(503 with `Retry-After`, or a broken line), and within thirty seconds of the fault's end booking again, and nothing left
that was due: by itself, for nothing here touches what waits.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.chaos.faults import ALL, Fault
from bench.chaos.stack import Stack
from bench.cluster.clients import Load
from bench.stage.rows import DIRECTORY

BEFORE_S, AFTER_S = 3.0, 4.0
RECOVERY_S = 30.0
LAPSING = 4
_seen = {"repeated": 0}

_DOUBLED = """
SELECT count(*) FROM bookings_claim a JOIN bookings_claim b
ON a.id < b.id AND a.zone_id = b.zone_id AND a.rank = 1 AND b.rank = 1 AND a.period && b.period
"""
_DUE = "SELECT count(*) FROM bookings_mail WHERE state = 'pending' AND due_at <= now()"
_SENT = "SELECT message_id FROM bookings_mail WHERE state = 'sent'"
_GIVEN_UP = "SELECT count(*) FROM bookings_mail WHERE state = 'failed'"
_STUCK = "SELECT count(*) FROM bookings_booking WHERE status = 'held' AND hold_expires_at <= now()"
_LAPSE = """
UPDATE bookings_booking SET hold_expires_at = now(), status = 'held' WHERE id IN (
    SELECT id FROM bookings_booking WHERE status = 'requested' ORDER BY starts_at DESC LIMIT {lapsing})
RETURNING id
"""


def main(words: list[str]) -> int:
    """All faults, or those whose names hold one of `words`."""
    wanted = [fault for fault in ALL if not words or any(word in fault.name for word in words)]
    rows: list[dict[str, Any]] = []
    began = time.monotonic()
    _print_head()
    with Stack() as stack:
        first_slot = 0
        for fault in wanted:
            rows.append(_row(stack, fault, first_slot=first_slot))
            first_slot = rows[-1].pop("next_slot", first_slot)  # a slot's key is used once
    print(f"\n{len(rows)} faults in {time.monotonic() - began:.0f} s, the start of the stack included.")
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    (DIRECTORY / "chaos.json").write_text(json.dumps(rows, indent=2) + "\n")
    broken = [row["fault"] for row in rows if row.get("broken")]
    print(f"Broken promises: {', '.join(broken) or 'none'}.")
    return 1 if broken else 0


def _row(stack: Stack, fault: Fault, *, first_slot: int) -> dict[str, Any]:
    if missing := fault.missing(stack):
        print(f"{fault.name:<30}NOT RUN: {missing}")
        return {"fault": fault.name, "not_run": missing}
    with Load(port=stack.port, key=stack.key, first_slot=first_slot) as load:
        time.sleep(BEFORE_S)
        lapsing = {str(row[0]) for row in stack.ask(_LAPSE.format(lapsing=LAPSING))}
        fault.happen(stack)
        ended = time.monotonic()
        again = _until(lambda: any(a.status == 201 and a.at > ended for a in load.log.answers))
        time.sleep(AFTER_S)
    settled = _until(lambda: stack.ask(_DUE)[0][0] == 0 and stack.ask(_STUCK)[0][0] == 0)
    row = {"fault": fault.name, **_found(stack, load, lapsing), "again_after_s": again, "settled_after_s": settled}
    row["next_slot"] = load.next_slot()
    row["mails_twice"] = row["mails_repeated"] - _seen["repeated"]  # what came twice is counted from fault to fault
    _seen["repeated"] = row["mails_repeated"]
    row["broken"] = _broken(row, fault)
    _print(row)
    return row


def _until(condition: Callable[[], bool]) -> float | None:
    """After how many seconds it held; None where it did not in time."""
    began = time.monotonic()
    while time.monotonic() - began < RECOVERY_S:
        if condition():
            return round(time.monotonic() - began, 1)
        time.sleep(0.2)
    return None


def _found(stack: Stack, load: Load, lapsing: set[str]) -> dict[str, Any]:
    stands = {str(row[0]) for row in stack.ask("SELECT id FROM bookings_booking WHERE status = 'requested'")}
    made = set(load.log.made.values())
    told = {f"<{row[0]}@see1.test>" for row in stack.ask(_SENT)}
    sent = Counter(stack.sink.ids)  # after what is told: what is sent in between is not lost
    counts = load.log.counts()
    return {
        "answered_201": len(made),
        "answered_503": counts[503],
        "broken_lines": counts[0],
        "doubled": stack.ask(_DOUBLED)[0][0],
        "lost": len(made - stands - lapsing),
        "mails_lost": len(told - set(sent)) + stack.ask(_GIVEN_UP)[0][0],
        "mails_repeated": sum(number - 1 for number in sent.values()),
        "mails_due": stack.ask(_DUE)[0][0],
        "stuck": stack.ask(_STUCK)[0][0],
        "odd": load.log.odd[:5],
    }


def _broken(row: dict[str, Any], fault: Fault) -> list[str]:
    """The promises that were not kept."""
    kept = {
        "nothing was booked": row["answered_201"] > 0,
        "booked twice": not row["doubled"],
        "bookings lost": not row["lost"],
        "mails lost": not row["mails_lost"],
        f"mails sent twice: {row['mails_twice']}": row["mails_twice"] <= fault.repeats,
        "mails or holds left": row["settled_after_s"] is not None,
        "odd answers": not row["odd"],
        "no booking again in time": row["again_after_s"] is not None,
    }
    return [promise for promise, is_kept in kept.items() if not is_kept]


_LINE = "{:<30}{:>6}{:>6}{:>6}{:>10}{:>10}{:>7}{:>6}{:>12}{:>13}   {}"


def _print_head() -> None:
    print(
        _LINE.format(
            *("fault", "201", "503", "cut", "again in", "all sent", "twice", "lost", "mails lost", "mails twice"), ""
        )
    )
    within = f"≤ {RECOVERY_S:.0f} s"
    print(_LINE.format("(promised)", "> 0", "", "", within, within, "0", "0", "0", "in flight", ""), flush=True)


def _print(row: dict[str, Any]) -> None:
    said = "kept" if not row["broken"] else f"BROKEN: {', '.join(row['broken'])} {row['odd'] or ''}"
    print(
        _LINE.format(
            *(row["fault"], row["answered_201"], row["answered_503"], row["broken_lines"]),
            *(_in_words(row["again_after_s"]), _in_words(row["settled_after_s"])),
            *(row["doubled"], row["lost"], row["mails_lost"], row["mails_twice"], said),
        ),
        flush=True,
    )


def _in_words(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.1f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
