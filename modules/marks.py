"""What a reader may hold on to: the marks of what has changed, and of whose days. See `modules.models.mark`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection

from modules.intervals import Span
from modules.lagging import reading

MICROSECOND = timedelta(microseconds=1)

_SEEN = """
SELECT module.id, module.revision, (SELECT sum(mark) FROM modules_mark WHERE day IS NULL),
    (SELECT sum(mark) FROM modules_mark WHERE module_id = module.id AND day BETWEEN %s AND %s)
FROM modules_module AS module WHERE %s IN ('', slug) ORDER BY position, slug LIMIT 1
"""
_FOLD = """
WITH gone AS (
    DELETE FROM modules_mark USING (
        SELECT module_id, day FROM modules_mark GROUP BY module_id, day HAVING count(*) > 1
    ) AS many
    WHERE modules_mark.module_id IS NOT DISTINCT FROM many.module_id
        AND modules_mark.day IS NOT DISTINCT FROM many.day
    RETURNING modules_mark.module_id, modules_mark.day
), kept AS (
    INSERT INTO modules_mark (module_id, day, mark)
    SELECT module_id, day, modules_new_mark() FROM (SELECT DISTINCT module_id, day FROM gone) AS each
)
SELECT count(*) FROM gone
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Stands for all that a calendar of `module_id` shows of a span, but for who looks at it.

    Read before what it stands for: what is read then may be newer, and is then asked for again.
    """

    module_id: int
    revision: UUID
    of_all: Decimal | None
    of_days: Decimal | None

    @property
    def of_the_orbit(self) -> tuple[UUID, Decimal | None]:
        """Of that, what the orbit depends on, whatever is booked."""
        return self.revision, self.of_all


def seen(slug: str, span: Span) -> Seen | None:
    """What is seen of the module of this slug (of the first, where none is named) in `span`; None if there is none."""
    first = span.starts_at.astimezone(UTC).date()
    last = (span.ends_at - MICROSECOND).astimezone(UTC).date()
    with reading().cursor() as cursor:
        cursor.execute(_SEEN, [first, last, slug])
        found = cursor.fetchone()
    return Seen(*found) if found else None


def fold() -> int:
    """One new mark in the place of all of a day; how many are gone.

    Never none in the place of some: what was seen before the first of them would seem to be still so.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
        found = cursor.fetchone()
    return int(found[0])
