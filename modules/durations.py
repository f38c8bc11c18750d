"""Durations as ISO 8601 writes them: `PT90M`, `P1DT2H`, `PT1.5H`. Years and months have no fixed length."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils.translation import gettext as _

LONGEST = timedelta(days=3660)

_NUMBER = r"[0-9]{1,10}(?:[.,][0-9]{1,6})?"
_ISO = re.compile(
    rf"P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=[0-9])(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?",
    re.IGNORECASE,
)


def parse(text: str) -> timedelta:
    """The duration that `text` writes. Raises ValueError, with a sentence for people, for anything else."""
    found = _ISO.fullmatch(text)
    given = {unit: float(n.replace(",", ".")) for unit, n in found.groupdict().items() if n} if found else {}
    if not given:
        raise ValueError(_("“%(text)s” is not an ISO 8601 duration such as PT90M or P1DT2H.") % {"text": text[:40]})
    try:
        value = timedelta(**given)
    except OverflowError:
        value = timedelta.max
    if value > LONGEST:
        raise ValueError(_("A duration is at most %(most)s days.") % {"most": LONGEST.days})
    return value


def write(value: timedelta) -> str:
    """`PT90M`, `PT48H`, `P14D`, `PT0S`: the largest unit that says it exactly (days from three on); whole seconds."""
    seconds = int(value.total_seconds())
    if seconds and seconds % 86_400 == 0 and seconds >= 3 * 86_400:
        return f"P{seconds // 86_400}D"
    if seconds and seconds % 3600 == 0:
        return f"PT{seconds // 3600}H"
    return f"PT{seconds // 60}M" if seconds and seconds % 60 == 0 else f"PT{seconds}S"
