"""The faults, each with what it does to the stack; it has ended when its function returns."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage

import psycopg2

from bench.chaos.stack import Stack

GONE_S = 30.0
DIFFICULT_S = 6.0
FULL_S = 5.0


@dataclass(frozen=True)
class Fault:
    """`repeats` is how many mails may come twice for it: what was in flight."""

    name: str
    happen: Callable[[Stack], None]
    repeats: int = 0
    missing: Callable[[Stack], str] = lambda stack: ""


def web_worker(stack: Stack) -> None:
    stack.kill_one_web_worker()


def worker(stack: Stack) -> None:
    stack.kill("worker")


def beat(stack: Stack) -> None:
    stack.kill("beat")


def redis(stack: Stack) -> None:
    """Gone, and everything in it forgotten."""
    with stack.away("redis"):
        time.sleep(GONE_S)
        for left in (stack.directory / "redis").glob("appendonly*"):  # a file, or with a newer Redis a folder
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def postgres(stack: Stack) -> None:
    """Restarted as an upgrade does it."""
    os.kill(stack.process["postgres"].pid, signal.SIGINT)


def postgres_killed(stack: Stack) -> None:
    stack.kill("postgres")


def connections_cut(stack: Stack) -> None:
    with suppress(psycopg2.Error):
        stack.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


def disk_full(stack: Stack) -> None:
    """Nothing can be written any more, then there is room again."""
    filler = stack.directory / "disk" / "filler"
    with filler.open("wb") as file, suppress(OSError):
        while True:
            file.write(b"\0" * 65_536)
            file.flush()
    time.sleep(FULL_S)
    filler.unlink()


def mail_slow(stack: Stack) -> None:
    stack.sink.on_message = lambda message: time.sleep(0.5)
    time.sleep(DIFFICULT_S)
    stack.sink.on_message = lambda message: None


def mail_refused(stack: Stack) -> None:
    """Nobody listens at all."""
    stack.sink.stop()
    time.sleep(DIFFICULT_S)
    stack.sink.start()


def mail_greylisted(stack: Stack) -> None:
    """Each is refused for now the first time it comes."""
    seen: set[str] = set()

    def later(message: EmailMessage) -> str | None:
        known = str(message["Message-ID"]) in seen
        seen.add(str(message["Message-ID"]))
        return None if known else "450 4.2.0 Greylisted, come again later"

    stack.sink.on_message = later
    time.sleep(DIFFICULT_S)
    stack.sink.on_message = lambda message: None


def clock_steps(stack: Stack) -> None:
    """An hour ahead, two hours back, and right again: of every process but PostgreSQL and Redis."""
    for off_by_s in (3600, -3600, 0):
        stack.step_clock(off_by_s)
        time.sleep(3)


def two_beats(stack: Stack) -> None:
    stack.add(stack.beat("beat-by-mistake"))
    time.sleep(8)
    stack.take_away("beat-by-mistake")


ALL = (
    Fault("a web worker killed", web_worker),
    Fault("the Celery worker killed", worker, repeats=1),
    Fault("beat killed", beat),
    Fault(f"Redis gone {GONE_S:.0f} s and emptied", redis, repeats=1),
    Fault("PostgreSQL restarted", postgres, repeats=1),
    Fault("PostgreSQL killed", postgres_killed, repeats=1),
    Fault("all its connections cut", connections_cut, repeats=1),
    Fault(
        "its disk full",
        disk_full,
        repeats=1,
        missing=lambda stack: "" if stack.has_small_disk else "no small disk can be mounted here: needs root",
    ),
    Fault("the mail server slow", mail_slow, repeats=1),
    Fault("the mail server away", mail_refused, repeats=1),
    Fault("the mail server greylisting", mail_greylisted),
    Fault("the clock stepping by hours", clock_steps),
    Fault("two beats", two_beats),
)
