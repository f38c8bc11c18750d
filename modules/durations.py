"""Durations as ISO 8601 writes them: `PT90M`, `P1DT2H`. Years and months have no fixed length and are refused."""

from __future__ import annotations

import re
from datetime import timedelta

_ISO = re.compile(
    r"P(?:(?P<weeks>[0-9]{1,5})W)?(?:(?P<days>[0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,7})H)?(?:(?P<minutes>[0-9]{1,9})M)?(?:(?P<seconds>[0-9]{1,10}(?:\.[0-9]{1,6})?)S)?)?"
)


def parse(text: str) -> timedelta:
    """The duration that `text` writes. Raises ValueError, with a sentence for people, for anything else."""
    found = _ISO.fullmatch(text)
    given = {unit: float(number) for unit, number in found.groupdict().items() if number} if found else {}
    if not given:
        raise ValueError(f"“{text[:40]}” is not an ISO 8601 duration such as PT90M or P1DT2H.")
    return timedelta(**given)


def write(value: timedelta) -> str:
    """`PT1H30M`, `P2DT3H`, `PT0S`; whole seconds."""
    seconds = int(value.total_seconds())
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds % 60, "S")) if n)
    return "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "") if seconds else "PT0S"
