"""What is taken, by whom, at which rank.

A zone's time is claimed at a rank: rank 1 occupies, 2 and 3 wait. A hold's rank is one more than the highest rank
that it overlaps among those that came before it, in any of its zones; so ranks are a function of the order of
arrival alone. When something goes, those behind it are looked at in the order of arrival: a rank can only
fall, and each is settled before anyone who stands behind it, so no step of the way breaks the constraint that
keeps every rank free of overlaps.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2.errors import DeadlockDetected

from bookings.exceptions import HoldRanksFull, SlotTaken
from bookings.models import Booking, Claim
from bookings.models.booking import LAST_RANK
from modules.intervals import Span
from modules.locking import owning_days
from modules.planned import planned, send
from modules.prepared import Insert
from modules.schedule import Along

ALONE = "claim_is_alone_at_its_rank"
TAKEN = gettext_lazy("The time is taken, or somebody holds it. A hold can wait behind theirs.")


def next_arrival() -> int:
    """The next place in the order of arrival, over all modules."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('bookings_arrival')")
        return int(cursor.fetchone()[0])


def buffered(span: Span, turnaround: timedelta) -> Span:
    """What a window keeps from others: itself and the turnaround after it."""
    return Span(span.starts_at, span.ends_at + turnaround)


def rank_behind(zone_ids: Sequence[int], period: Span, *, before: int | None = None, but: UUID | None = None) -> int:
    """The rank of a claim on `period`: one behind the highest that came before (the arrival; None: all that stand).

    `but` leaves a booking's own claims out, to see how it would stand if it moved.
    """
    if before is None and but is None:
        return _rank_behind_all(zone_ids, period)
    claims = Claim.objects.standing().touching(period).filter(zone_id__in=zone_ids)
    claims = claims.exclude(booking_id=but) if but else claims
    if before is not None:
        claims = claims.filter(booking__arrival__lt=before)
    return int(claims.aggregate(highest=Max("rank"))["highest"] or 0) + 1


def _rank_behind_all(zone_ids: Sequence[int], period: Span) -> int:
    ((rank,),) = send(planned(_RANK), [_range(period), list(zone_ids)])
    return int(rank)


_RANK = (
    "SELECT coalesce(max(rank), 0) + 1 FROM bookings_claim"
    " WHERE rank IS NOT NULL AND period && %s::tstzrange AND zone_id = ANY(%s)"
)


def check_free(zone_ids: Sequence[int], period: Span, *, but: UUID) -> None:
    """Raise SlotTaken where anybody but the booking `but` occupies or holds any of `period`."""
    claims = Claim.objects.standing().touching(period).filter(zone_id__in=zone_ids)
    if claims.exclude(booking_id=but).exists():
        raise SlotTaken(str(TAKEN))


def seat(zone_ids: Sequence[int], period: Span, *, must_be_free: bool, before: int | None = None) -> int:
    """The rank at which `period` can be claimed behind who came `before`; raises where there is none."""
    return _seat(rank_behind(zone_ids, period, before=before), must_be_free=must_be_free)


def seat_new(
    module_id: int, zone_ids: Sequence[int], period: Span, *, must_be_free: bool, rank: int | None = None
) -> int:
    """The same for a new booking behind all that stand, with the days of `period` taken; `rank` where both was done."""
    if rank is None:
        along = asking_rank(module_id, zone_ids, period)
        sql = f"{planned(along.lock)}; {planned(f'SELECT {along.question}')}"
        ((rank,),) = send(sql, [*along.locked, *along.asked])
    return _seat(int(rank), must_be_free=must_be_free)


def asking_rank(module_id: int, zone_ids: Sequence[int], period: Span) -> Along:
    """The days of `period`, taken, and the rank behind all that stand there."""
    lock, days = owning_days(module_id, period)
    return Along(lock=lock, locked=days, question=f"({_RANK})", asked=[_range(period), list(zone_ids)])


def _seat(rank: int, *, must_be_free: bool) -> int:
    if rank > 1 and must_be_free:
        raise SlotTaken(str(TAKEN))
    if rank > LAST_RANK:
        raise HoldRanksFull(
            _("%(ranks)s holds stand there already; no more can wait. Choose another time.") % {"ranks": LAST_RANK}
        )
    return rank


NEW_CLAIMS = Insert(Claim)


def claims_of(booking: Booking, zone_ids: Sequence[int], period: Span) -> list[Claim]:
    """The claims of a new booking at its rank, not written yet. PostgreSQL refuses an overlap at the same rank."""
    return [Claim(booking=booking, zone_id=pk, period=_range(period), rank=booking.rank) for pk in sorted(zone_ids)]


def reclaim(booking: Booking, zone_ids: Sequence[int], period: Span, rank: int) -> None:
    """Put the claims of a moved booking where it now is."""
    with refusing_overlaps():
        booking.claims.exclude(zone_id__in=zone_ids).delete()
        kept = set(booking.claims.values_list("zone_id", flat=True))
        booking.claims.update(period=_range(period), rank=rank)
        Claim.objects.bulk_create(
            Claim(booking=booking, zone_id=pk, period=_range(period), rank=rank) for pk in sorted(set(zone_ids) - kept)
        )


def withdraw(booking: Booking) -> None:
    """Give up what `booking` claims; its claims stay as history, without a rank."""
    booking.claims.update(rank=None)


@contextmanager
def refusing_overlaps() -> Iterator[None]:
    """A savepoint in which the exclusion constraint's violation comes out as SlotTaken.

    Where two claims on the same time are written at once, by somebody who took no lock, each may wait for the other
    to be the first: PostgreSQL then ends one of them as a deadlock, which says the same.
    """
    with telling_overlaps(), transaction.atomic():
        yield


@contextmanager
def telling_overlaps() -> Iterator[None]:
    """The same without a savepoint, where whoever is refused undoes everything anyway."""
    try:
        yield
    except (IntegrityError, OperationalError) as error:
        if ALONE not in str(error) and not isinstance(error.__cause__, DeadlockDetected):
            raise
        raise SlotTaken(_("Somebody else was given this time a moment ago.")) from error


@dataclass(frozen=True, slots=True)
class Promotion:
    booking: Booking
    from_rank: int
    to_rank: int


def settle(freed: Iterable[tuple[Sequence[int], Span]]) -> list[Promotion]:
    """Move up whoever stood behind what was freed, in the order of arrival; the module must be owned."""
    queue: list[tuple[int, UUID]] = []
    for zone_ids, period in freed:
        _join(queue, _behind(zone_ids, period, after=-1))
    promotions: list[Promotion] = []
    while queue:
        arrival, pk = heapq.heappop(queue)
        promotion = _promote(pk)
        if promotion:
            promotions.append(promotion)
            _join(queue, _behind(*footprint(promotion.booking), after=arrival))
    return promotions


def footprint(booking: Booking) -> tuple[list[int], Span]:
    """The zones and the period (turnaround included) that a booking claims."""
    claims = list(booking.claims.order_by("zone_id"))
    return [c.zone_id for c in claims], Span(claims[0].period.lower, claims[0].period.upper)


def _behind(zone_ids: Sequence[int], period: Span, *, after: int) -> Iterable[tuple[int, UUID]]:
    """Who waits on any of this, having come later than `after`: their arrival and id."""
    return (
        Claim.objects.filter(rank__gt=1, zone_id__in=zone_ids, booking__arrival__gt=after)
        .touching(period)
        .values_list("booking__arrival", "booking_id")
        .distinct()
    )


def _join(queue: list[tuple[int, UUID]], comers: Iterable[tuple[int, UUID]]) -> None:
    for comer in comers:
        if comer not in queue:
            heapq.heappush(queue, comer)


def _promote(pk: UUID) -> Promotion | None:
    booking = Booking.objects.select_related("organisation", "module").get(pk=pk)
    if booking.rank is None:
        return None
    zone_ids, period = footprint(booking)
    rank = rank_behind(zone_ids, period, before=booking.arrival)
    if rank >= booking.rank:
        return None
    booking.claims.update(rank=rank)
    promotion = Promotion(booking, booking.rank, rank)
    booking.rank = rank
    return promotion


def _range(period: Span) -> DateTimeTZRange:
    return DateTimeTZRange(period.starts_at, period.ends_at, "[)")
