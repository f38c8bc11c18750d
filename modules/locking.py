"""One fixed order of locks, for every writer.

Whoever changes what a module's time looks like to others takes the module first, then the days it touches in
ascending order; so no two writers can wait for each other in a circle.

- *Sharing* the module, with the days of one's span to oneself, is enough to add a booking: additions on other
  days go on beside it.
- *Owning* the module is for everything that can cascade (a release promotes holds behind it, transitively, and
  a closure or a phase touches many bookings): nobody else writes meanwhile.

The locks are PostgreSQL's advisory ones, held to the end of the transaction. They keep ranks and capacity
right; that nothing is double-booked does not rest on them, but on the exclusion constraint.
"""

from datetime import UTC

from django.db import connection

from modules.intervals import Span

# The first key of our two-key advisory locks: one room for modules; days hash into a room per module.
_MODULE_ROOM = 7_301
_DAY_ROOM = 8_000_000


def _execute(sql: str, first: int, second: int) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A module is locked inside a transaction, or not at all.")
    with connection.cursor() as cursor:
        cursor.execute(sql, [first, second])


def own_module(module_id: int) -> None:
    """Take the module alone until the transaction ends."""
    _execute("SELECT pg_advisory_xact_lock(%s, %s)", _MODULE_ROOM, module_id)


def owning_days(module_id: int, span: Span) -> tuple[str, list[int]]:
    """The statement that takes the UTC days that `span` touches, in ascending order; after the module, never
    before.

    It goes in one message with the question that it guards: PostgreSQL looks anew for each statement of a message, so
    the answer is of the time when the days were had.
    """
    first = span.starts_at.astimezone(UTC).date().toordinal()
    last = span.ends_at.astimezone(UTC).date().toordinal()
    sql = "SELECT pg_advisory_xact_lock(%s::int, day) FROM generate_series(%s::int, %s::int) AS day"
    return sql, [_DAY_ROOM + module_id, first, last]


def sharing_module(module_id: int) -> tuple[str, list[int]]:
    """The statement that keeps the module's schedule as it is until the end, beside others who only add; likewise."""
    return "SELECT pg_advisory_xact_lock_shared(%s::int, %s::int)", [_MODULE_ROOM, module_id]
