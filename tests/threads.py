"""Threads that start at once, each with a database connection of its own, closed at its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
PATIENCE_S = 60


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each of `calls` gave or raised, all begun at the same moment."""
    return race([calls])[0]


def race(rounds: Sequence[Sequence[Callable[[], T]]]) -> list[list[T | Exception]]:
    """Round after round, all calls of a round begun at the same moment; what each gave or raised, in its place."""
    barrier = threading.Barrier(len(rounds[0]))

    def run(lane: int) -> list[T | Exception]:
        try:
            connection.ensure_connection()
            return [_outcome(calls[lane], barrier) for calls in rounds]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(rounds[0])) as pool:
        lanes = list(pool.map(run, range(len(rounds[0]))))
    return [list(outcomes) for outcomes in zip(*lanes, strict=True)]


def _outcome(call: Callable[[], T], barrier: threading.Barrier) -> T | Exception:
    barrier.wait(PATIENCE_S)
    try:
        return call()
    except Exception as error:
        return error
