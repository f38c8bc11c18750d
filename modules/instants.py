"""Instants as they are written down: ISO 8601 in, UTC inside, ISO 8601 out.

Faces read what people and partners wrote with these, so that all of them refuse the same things: a naive time (we
do not guess offsets), and one so far off that no calendar arithmetic around it would hold.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,12})?)?\s*([Zz]|[+-]\d\d(:?\d\d)?)?", re.ASCII)


class Unreadable(ValueError):
    """A text that is no instant; `code` says in which way."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def read_instant(text: str) -> datetime:
    """The instant in UTC; raises Unreadable for a naive one, a nonsensical one, and one out of all range."""
    if not _INSTANT.fullmatch(text.strip()):
        raise Unreadable("invalid", _("Write an instant as 2027-03-04T10:00:00Z."))
    try:
        instant = parse_datetime(text.strip().upper())
    except ValueError as error:
        raise Unreadable("invalid", _("There is no such instant: %(error)s.") % {"error": error}) from None
    if instant is None:
        raise Unreadable("invalid", _("Write an instant as 2027-03-04T10:00:00Z."))
    if instant.tzinfo is None:
        raise Unreadable("naive_time", _("Say which offset is meant: 2027-03-04T10:00:00Z, or …+01:00."))
    try:
        instant = instant.astimezone(UTC)
    except OverflowError:
        raise Unreadable("out_of_range", _out_of_range()) from None
    if not EARLIEST <= instant < LATEST:
        raise Unreadable("out_of_range", _out_of_range())
    return instant


def _out_of_range() -> str:
    return _("Instants lie between the years %(first)s and %(last)s.") % {"first": EARLIEST.year, "last": LATEST.year}


def write_instant(instant: datetime) -> str:
    """`2027-03-04T10:00:00Z`, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def write_tenths(unix_s: float) -> str:
    """`2027-03-04T10:00:00.0Z`: computed times, which are no surer than tenths of a second."""
    whole, tenth = divmod(round(unix_s * 10), 10)
    return f"{datetime.fromtimestamp(whole, UTC).isoformat()[:19]}.{tenth}Z"
