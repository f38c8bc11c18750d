"""The order in which changes became visible, for partners that follow along and must miss nothing.

Numbers drawn while a change is made are no such order: a transaction that drew a lower number may commit later,
behind a reader who has already passed it. So places are given afterwards, by whoever reads, only to changes that
are committed, one reader at a time: what is visible gets the next places, and what becomes visible later gets
later ones. It needs no clock and no transaction ids, so it survives a restore on another server.

Places count everybody's changes, so nobody is shown them: between two of one's own one would read how busy the others
are. A cursor names the last change one has seen instead: its booking, and which of that booking's changes it is.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid
from bookings.models import Transition

BEGINNING = "0"
"""The cursor of whoever has seen nothing."""
CURSOR = rf"^({BEGINNING}|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.[1-9][0-9]{{0,8}})$"

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
    return _visible_to(actor).filter(position__gt=position).select_related("booking").order_by("position")


def cursor_of(change: Transition) -> str:
    """What to ask with for the changes after this one. A booking's changes are made, and numbered, under its lock."""
    number = Transition.objects.filter(booking=change.booking_id, pk__lte=change.pk).count()
    return f"{change.booking_id}.{number}"


def position_after(actor: Actor, cursor: str) -> int:
    """Where to go on from `cursor`, which has the form of `CURSOR`. Raises Invalid where it is none of the actor's."""
    if cursor == BEGINNING:
        return 0
    booking, _dot, number = cursor.partition(".")
    place = int(number) - 1
    seen = _visible_to(actor).filter(booking=UUID(booking), position__isnull=False).order_by("pk")[place : place + 1]
    position = seen.values_list("position", flat=True).first()
    if position is not None:
        return position
    detail = _("This is no cursor of yours. Begin again without one, then ask with the last answer's.")
    raise Invalid([FieldError("since", "invalid_cursor", detail)])


def _visible_to(actor: Actor) -> QuerySet[Transition]:
    changes = Transition.objects.all()
    return changes if actor.sees_all("booking") else changes.filter(booking__organisation__in=actor.organisation_ids)
