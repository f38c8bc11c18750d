"""Operators' files for tests: 15 days from a day, made then, with whatever events."""

from datetime import UTC, datetime, timedelta

from tests.modules.orbit import oem_text


def gmt(text: str) -> datetime:
    """`gmt("2027-063 14:20")`"""
    return datetime.strptime(text, "%Y-%j %H:%M").replace(tzinfo=UTC)


def oem(day: str, events: dict[str, str], **fields: str) -> bytes:
    """A file that begins at `day` (`2027-060`), whose events are at `063 14:20` of that year."""
    start = gmt(f"{day} 00:00")
    moments = [start, start + timedelta(days=15)]
    rows = [(moment, state) for moment, (_, state) in zip(moments, oem_text.states(2), strict=True)]
    told = [oem_text.event_row(name, f"{when.replace(' ', ':')}:00.000") for name, when in events.items()]
    text = oem_text.kvn(rows, told, **fields)
    return text.replace(b"CREATION_DATE = 2027-12-27T10:00:00", f"CREATION_DATE = {start:%Y-%m-%dT%H:%M:%S}".encode())
