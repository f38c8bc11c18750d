"""How instants and durations read in a sentence: GMT with day of year first, as flight planners write it."""

from datetime import UTC, datetime, timedelta


def gmt(instant: datetime) -> str:
    """`2027/063 14:20 GMT`"""
    return f"{instant.astimezone(UTC):%Y/%j %H:%M} GMT"


def duration(value: timedelta) -> str:
    """`2 days 3 hours`, `45 minutes`; the two largest units, whole minutes."""
    minutes = round(value.total_seconds() / 60)
    units = [("day", minutes // 1440), ("hour", minutes % 1440 // 60), ("minute", minutes % 60)]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for unit, count in units if count]
    return " ".join(said[:2]) or "0 minutes"
