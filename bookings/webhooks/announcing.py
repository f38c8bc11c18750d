"""What is told: one message a transition, written in the transaction that made it.

An endpoint that its owner deletes meanwhile must not take that transaction with it, least of all staff's change of the
whole schedule. So whoever announces holds the endpoints as they are until the end, by the weakest lock there is, which
only a deletion waits for; `endpoints.remove_endpoint` is the other half.

Messages are thin on purpose: who, what, which state, which version. A receiver that wants more reads the booking, and
gets the present truth instead of what was true when the message was queued.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Q

from bookings.models import Booking, WebhookDelivery, WebhookEndpoint
from bookings.querysets import EndpointQuerySet
from bookings.states import Action
from modules.models import Closure, ClosureRevision, Module
from modules.prepared import AnyOf, Group, Prepared, Slot, insert_and_ask

NAMES = {
    Action.CREATE: "booking.created",
    Action.REQUEST: "booking.requested",
    Action.CONFIRM: "booking.confirmed",
    Action.DECLINE: "booking.declined",
    Action.CANCEL: "booking.cancelled",
    Action.RELEASE: "booking.released",
    Action.EXPIRE: "booking.expired",
    Action.COMPLETE: "booking.completed",
    Action.CHANGE: "booking.changed",
    Action.MOVE: "booking.moved",
    Action.CHALLENGE: "booking.challenge_issued",
    Action.CHALLENGED: "booking.challenged",
    Action.PROMOTE: "booking.promoted",
    Action.ATTENTION: "booking.attention",
    Action.PROPOSE: "booking.proposed",
}
CLOSURE_CHANGED = "closure.changed"
EVENTS = (*NAMES.values(), CLOSURE_CHANGED)


def announce(booking: Booking, action: Action, *, from_status: str, at: datetime) -> None:
    """Queue what happened to `booking` for each endpoint of its organisation that wants it."""
    found = WANTING.all(**_asking(booking, action))
    _queue(found, NAMES[action], lambda: _about(booking, from_status), at=at, booking=booking)


def insert_and_announce(*rows: Group, booking: Booking, action: Action, from_status: str, at: datetime) -> None:
    """`announce`, together with the rows that make what is told of: one message writes them and asks who wants it."""
    found = insert_and_ask(*rows, then=WANTING, **_asking(booking, action))
    _queue(found, NAMES[action], lambda: _about(booking, from_status), at=at, booking=booking)


def _asking(booking: Booking, action: Action) -> dict[str, Any]:
    return {"organisation": booking.organisation_id, "events": [NAMES[action]]}


def last_revision(module: Module) -> int:
    """To be read, with the module owned, before the schedule is changed: what `announce_closures` counts from."""
    last = ClosureRevision.objects.filter(closure__module=module).aggregate(last=Max("pk"))["last"]
    return int(last or 0)


def announce_closures(module: Module, *, after: int, at: datetime) -> None:
    """Queue each closure declared, moved or withdrawn since revision `after`, for every endpoint that wants it.

    Closures are nobody's secret.
    """
    revised = ClosureRevision.objects.filter(closure__module=module, pk__gt=after).values("closure")
    for closure in Closure.objects.filter(pk__in=revised).prefetch_related("zones").order_by("starts_at", "pk"):
        found = WANTING_CLOSURES.all(events=[CLOSURE_CHANGED])
        _queue(found, CLOSURE_CHANGED, lambda closure=closure: _about_closure(closure), at=at)


def announce_many(bookings: Sequence[Booking], action: Action, *, at: datetime) -> None:
    """The same for many bookings whose status stays as it is."""
    event, endpoints = NAMES[action], dict[UUID, list[WebhookEndpoint]]()
    organisations = {booking.organisation_id for booking in bookings}
    for endpoint in WANTING_OF_MANY.all(organisations=list(organisations), events=[event]):
        endpoints.setdefault(endpoint.organisation_id, []).append(endpoint)
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                endpoint=endpoint,
                booking=booking,
                event=event,
                payload={"type": event, "timestamp": _instant(at), "data": _about(booking, booking.status)},
                due_at=at,
                created_at=at,
            )
            for booking in bookings
            for endpoint in endpoints.get(booking.organisation_id, ())
        ],
        batch_size=1000,
    )


def wanting() -> EndpointQuerySet:
    endpoints: EndpointQuerySet = WebhookEndpoint.objects.filter(Q(events=[]) | Q(events__contains=Slot("events")))
    return endpoints.order_by("pk")


HELD = "FOR KEY SHARE"
"""Those that are there, kept from deletion, and from nothing else, until the transaction ends."""

WANTING = Prepared[WebhookEndpoint](lambda: wanting().filter(organisation=Slot("organisation")), ending=HELD)
WANTING_OF_MANY = Prepared[WebhookEndpoint](
    lambda: wanting().filter(AnyOf(F("organisation_id"), Slot("organisations"))), ending=HELD
)
WANTING_CLOSURES = Prepared[WebhookEndpoint](wanting, ending=HELD)


def _queue(
    found: Sequence[WebhookEndpoint], event: str, about: Any, *, at: datetime, booking: Booking | None = None
) -> None:
    if not found:
        return
    payload = {"type": event, "timestamp": _instant(at), "data": about()}
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(endpoint=endpoint, booking=booking, event=event, payload=payload, due_at=at, created_at=at)
        for endpoint in found
    )


def _about(booking: Booking, from_status: str) -> dict[str, Any]:
    return {
        "booking": str(booking.pk),
        "reference": booking.reference,
        "production": str(booking.production_id),
        "from_status": from_status or None,
        "status": str(booking.status),
        "hold_rank": booking.hold_rank,
        "hold_expires_at": booking.hold_expires_at and _instant(booking.hold_expires_at),
        "starts_at": _instant(booking.starts_at),
        "ends_at": _instant(booking.ends_at),
        "attention": list(booking.attention),
        "etag": booking.etag,
    }


def _about_closure(closure: Closure) -> dict[str, Any]:
    return {
        "module": closure.module.slug,
        "kind": closure.kind,
        "zones": [zone.slug for zone in closure.zones.all()],
        "starts_at": _instant(closure.starts_at),
        "ends_at": _instant(closure.ends_at),
        "certainty": closure.certainty,
        "withdrawn": closure.withdrawn_at is not None,
    }


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
