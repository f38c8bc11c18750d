"""Computed days, kept in the database: what one process computes, all have.

A missing day is computed and kept on the spot; a task fills the coming weeks ahead of the asking. Two processes that
compute the same day write the same numbers, and the first one's stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from modules.conditions.engine import VERSION, Subject, Table, compute_days
from modules.conditions.sources import Source
from modules.models import ComputedDay
from modules.orbit.exceptions import NotCovered

DAY = timedelta(days=1)


class SourceFails(Exception):
    """A source has no position for a time within its reach: an ephemeris with a gap in it."""

    def __init__(self, source: Source) -> None:
        super().__init__(f"{source.label} leaves a gap")
        self.source = source


Wanted = tuple[Source, Subject, date]
Key = tuple[tuple[int | None, int | None], str, date]


def tables(wanted: Sequence[Wanted]) -> dict[Key, Table]:
    """The table of each source, subject and day wanted: read in one query, and computed where missing."""
    found = _read(wanted)
    missing = [item for item in wanted if _key(item) not in found]
    fresh = list(_computed(missing))
    _keep(fresh)
    return found | {_key(item): table for item, table in fresh}


def _key(item: Wanted) -> Key:
    source, subject, day = item
    return source.key, subject.name, day


def _read(wanted: Sequence[Wanted]) -> dict[Key, Table]:
    kept = [item for item in wanted if item[1].is_kept]
    if not kept:
        return {}
    days = [day for _, _, day in kept]
    columns = {subject.name: subject.columns for _, subject, _ in kept}
    rows = ComputedDay.objects.filter(
        engine=VERSION, subject__in=set(columns), day__gte=min(days), day__lte=max(days)
    ).values_list("elements_id", "ephemeris_id", "subject", "day", "table")
    elements = {source.key[0] for source, _, _ in kept if source.key[0]}
    ephemerides = {source.key[1] for source, _, _ in kept if source.key[1]}
    own = rows.filter(elements__in=elements) | rows.filter(ephemeris__in=ephemerides)
    return {
        ((elements_id, ephemeris_id), subject, day): np.frombuffer(table, dtype="<f8").reshape(-1, columns[subject])
        for elements_id, ephemeris_id, subject, day, table in own
    }


def _computed(missing: Sequence[Wanted]) -> Iterator[tuple[Wanted, Table]]:
    """Compute what is missing, run by run of days, every subject of a run from the same samples."""
    by_source: dict[tuple[int | None, int | None], tuple[Source, dict[date, dict[str, Subject]]]] = {}
    for source, subject, day in missing:
        by_source.setdefault(source.key, (source, {}))[1].setdefault(day, {})[subject.name] = subject
    for source, by_day in by_source.values():
        for days in _runs(by_day):
            subjects = list(by_day[days[0]].values())
            try:
                found = compute_days(source, subjects, days)
            except NotCovered as problem:
                raise SourceFails(source) from problem
            for subject in subjects:
                for day in days:
                    yield (source, subject, day), found[subject.name][day]


def _runs(by_day: dict[date, dict[str, Subject]]) -> Iterator[list[date]]:
    """Consecutive days that lack the same subjects."""
    run: list[date] = []
    for day in sorted(by_day):
        if run and (day != run[-1] + DAY or by_day[day].keys() != by_day[run[-1]].keys()):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _keep(fresh: Sequence[tuple[Wanted, Table]]) -> None:
    rows = [
        ComputedDay(
            elements_id=source.key[0],
            ephemeris_id=source.key[1],
            subject=subject.name,
            engine=VERSION,
            day=day,
            table=np.ascontiguousarray(table, dtype="<f8").tobytes(),
        )
        for (source, subject, day), table in fresh
        if subject.is_kept
    ]
    ComputedDay.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
