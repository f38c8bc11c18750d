"""The order in which changes became visible, for partners that follow along and must miss nothing.

Numbers drawn while a change is made are no such order: a transaction that drew a lower number may commit later,
behind a reader who has already passed it. So places are given afterwards, by whoever reads, only to changes that
are committed, one reader at a time: what is visible gets the next places, and what becomes visible later gets
later ones. It needs no clock and no transaction ids, so it survives a restore on another server.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import QuerySet

from bookings.actors import Actor
from bookings.models import Transition

_PLACING = 7_302  # the advisory lock under which places are given


def place_new() -> None:
    """Give every committed change without a place the next one, in the order of their making."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PLACING])
        cursor.execute(
            "UPDATE bookings_transition SET position = placed.position FROM ("
            "  SELECT id, nextval('bookings_change_position') AS position FROM ("
            "    SELECT id FROM bookings_transition WHERE position IS NULL ORDER BY id"
            "  ) AS unplaced"
            ") AS placed WHERE bookings_transition.id = placed.id"
        )


def changes_since(actor: Actor, position: int) -> QuerySet[Transition]:
    """The changes to bookings that `actor` may see, after `position`, in the order in which they became visible."""
    place_new()
    changes = Transition.objects.filter(position__gt=position).select_related("booking").order_by("position")
    return changes if actor.is_staff else changes.filter(booking__organisation__in=actor.organisation_ids)
