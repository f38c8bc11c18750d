"""Bookings: a row with a reference changes that booking, one without makes another. All through lifecycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bookings import lifecycle
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exchange.sheet import (
    ADDED,
    CHANGED,
    UNCHANGED,
    Sheet,
    Taken,
    iso,
    module_of,
    needed,
    number,
    one_of,
    whole,
    wrong,
    zones_of,
)
from bookings.exchange.tables import Row
from bookings.lifecycle.actions import draft_of
from bookings.models import Booking, Production
from bookings.states import Status
from bookings.wording import gmt
from modules.intervals import Span
from modules.models import Activity

ASKED = ("zones", "activity", "starts_at", "ends_at", "crew", "power_kw", "downlink_mbps", "media_return_kg")
MADE_AS = [Status.HELD.value, Status.REQUESTED.value, Status.CONFIRMED.value]


class Bookings(Sheet):
    name = "bookings"
    told = ("rank", "phase", "price_total", "currency", "attention", "created_at")
    columns = (
        "reference", "organisation", "production", "module", *ASKED, "status", "concurrence", *told,
    )  # fmt: skip
    required = ("organisation", "production", "zones", "activity", "starts_at", "ends_at")
    to_see = ("bookings.view_booking",)
    to_take = ("bookings.add_booking", "bookings.change_booking")

    def rows(self, span: Span | None) -> Iterator[Row]:
        found = Booking.objects.overlapping(span) if span else Booking.objects.all()
        found = found.select_related("organisation", "production", "module", "phase").prefetch_related("zones")
        for booking in found.order_by("starts_at", "pk").iterator(chunk_size=2000):
            yield {
                "reference": booking.reference,
                "organisation": booking.organisation.name,
                "production": booking.production.title,
                "module": booking.module.slug,
                "zones": ",".join(zone.slug for zone in booking.zones.all()),
                "activity": booking.activity,
                "starts_at": iso(booking.starts_at),
                "ends_at": iso(booking.ends_at),
                "crew": str(booking.crew),
                "power_kw": str(booking.power_kw),
                "downlink_mbps": str(booking.downlink_mbps),
                "media_return_kg": str(booking.media_return_kg),
                "status": booking.status,
                "concurrence": booking.concurrence,
                "rank": str(booking.rank or ""),
                "phase": booking.phase.kind,
                "price_total": str(booking.price_total),
                "currency": booking.currency,
                "attention": ",".join(booking.attention),
                "created_at": iso(booking.created_at),
            }

    def take(self, row: Row, *, actor: Actor, at: datetime) -> Taken:
        return self._change(row, actor, at) if row.get("reference") else self._make(row, actor, at)

    def _make(self, row: Row, actor: Actor, at: datetime) -> Taken:
        status = one_of(row, "status", MADE_AS, default=Status.HELD)
        production = _production(row)
        draft = Draft(production_id=production.pk, **_asked(row))
        first = Status.HELD if status == Status.HELD else Status.REQUESTED
        booking = lifecycle.reserve(actor=actor, draft=draft, status=first, at=at)
        if status == Status.CONFIRMED:
            concurrence = row.get("concurrence", "")
            booking = lifecycle.confirm(actor=actor, booking_id=booking.pk, at=at, concurrence=concurrence)
        place = f", rank {booking.hold_rank}" if booking.hold_rank else ""
        price = f"{booking.price_total:,.2f} {booking.currency}"
        label = f"{production.organisation} · {production}, {gmt(booking.starts_at)}"
        return Taken(ADDED, label, f"{Status(booking.status).label}{place}", price)

    def _change(self, row: Row, actor: Actor, at: datetime) -> Taken:
        booking = (
            Booking.objects.select_related("production__organisation", "module")
            .filter(reference=row["reference"])
            .first()
        )
        if booking is None:
            raise wrong(
                "reference", "not_found", _("There is no booking %(reference)s.") % {"reference": row["reference"][:30]}
            )
        if (row["production"], row["organisation"]) != (booking.production.title, booking.organisation.name):
            raise wrong(
                "production",
                "contradicts",
                _("%(booking)s is %(organisation)s's, for %(production)s. That stays.")
                % {"booking": booking, "organisation": booking.organisation, "production": booking.production},
            )
        before, said = draft_of(booking), _asked(row)
        wanted = replace(before, **said)
        status = one_of(row, "status", Status.values, default=booking.status)
        details: list[str] = []
        if wanted != _in_order(before):
            changes = {name: value for name, value in said.items() if name not in ("span", "module")}
            changes |= {"starts_at": wanted.span.starts_at, "ends_at": wanted.span.ends_at}
            booking = lifecycle.change(actor=actor, booking_id=booking.pk, changes=changes, at=at)
            details += _differences(before, wanted)
        if status != booking.status:
            details.append(f"{Status(booking.status).label} → {Status(status).label}")
            _lead_to(booking, status, row, actor, at)
        return Taken(CHANGED if details else UNCHANGED, booking.reference, *details)


def _asked(row: Row) -> dict[str, Any]:
    """The fields of a Draft beside its production."""
    module = module_of(row)
    starts_at, ends_at = needed(row, "starts_at"), needed(row, "ends_at")
    if ends_at <= starts_at:
        raise wrong("ends_at", "ends_before_start", _("The window ends after it starts."))
    zones = zones_of(row, module)
    if not zones:
        raise wrong("zones", "required", _("Name at least one zone."))
    return {
        "zones": tuple(sorted(zone.slug for zone in zones)),
        "activity": one_of(row, "activity", Activity.values),
        "span": Span(starts_at, ends_at),
        "crew": whole(row, "crew", default=0),
        "power_kw": number(row, "power_kw", default=Decimal(0)),
        "downlink_mbps": whole(row, "downlink_mbps", default=0),
        "media_return_kg": number(row, "media_return_kg", default=Decimal(0)),
        "module": module.slug,
    }


def _in_order(draft: Draft) -> Draft:
    return replace(draft, zones=tuple(sorted(draft.zones)))


def _differences(before: Draft, after: Draft) -> list[str]:
    pairs = {
        "zones": (", ".join(sorted(before.zones)), ", ".join(after.zones)),
        "activity": (before.activity, after.activity),
        "starts at": (gmt(before.span.starts_at), gmt(after.span.starts_at)),
        "ends at": (gmt(before.span.ends_at), gmt(after.span.ends_at)),
        "crew": (before.crew, after.crew),
        "power": (f"{before.power_kw.normalize():f}", f"{after.power_kw.normalize():f}"),
        "downlink": (before.downlink_mbps, after.downlink_mbps),
        "media return": (f"{before.media_return_kg.normalize():f}", f"{after.media_return_kg.normalize():f}"),
    }
    return [f"{name}: {old} → {new}" for name, (old, new) in pairs.items() if old != new]


def _lead_to(booking: Booking, status: str, row: Row, actor: Actor, at: datetime) -> None:
    """To the state that the row names, by the steps that staff take; some need a person, on the page."""
    if status not in (Status.REQUESTED, Status.CONFIRMED) or booking.status not in (Status.HELD, Status.REQUESTED):
        detail = f"A table requests and confirms; to make {booking.reference} {Status(status).label}, open its page."
        raise wrong("status", "invalid_transition", detail)
    if booking.status == Status.HELD:
        booking = lifecycle.request(actor=actor, booking_id=booking.pk, at=at)
    if status == Status.CONFIRMED:
        lifecycle.confirm(actor=actor, booking_id=booking.pk, at=at, concurrence=row.get("concurrence", ""))


def _production(row: Row) -> Production:
    named = Production.objects.filter(organisation__name=row["organisation"], title=row["production"])
    found: list[Production] = list(named.select_related("organisation")[:2])
    if len(found) == 1:
        return found[0]
    if found:
        detail = _("%(organisation)s has more than one production “%(production)s”. Rename one first.") % {
            "organisation": row["organisation"],
            "production": row["production"],
        }
    else:
        detail = _("%(organisation)s has no production “%(production)s”. Make it first.") % {
            "organisation": row["organisation"] or "Nobody",
            "production": row["production"],
        }
    raise wrong("production", "not_found", detail)


BOOKINGS = Bookings()
