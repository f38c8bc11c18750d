"""Closures: a row with an id changes the closure, one without declares another. Each goes through replanning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from bookings import replanning
from bookings.actors import Actor
from bookings.exchange.sheet import (
    ADDED,
    CHANGED,
    UNCHANGED,
    Sheet,
    Taken,
    iso,
    module_of,
    needed,
    one_of,
    whole,
    wrong,
    zones_of,
)
from bookings.exchange.tables import Row
from bookings.wording import gmt
from modules import operations
from modules.intervals import Span
from modules.models import Certainty, Closure


class Closures(Sheet):
    name = "closures"
    columns = ("id", "module", "kind", "starts_at", "ends_at", "zones", "certainty", "note", "reason")
    required = ("kind", "starts_at", "ends_at", "reason")
    to_see = ("modules.view_closure",)
    to_take = ("modules.add_closure", "modules.change_closure")

    def rows(self, span: Span | None) -> Iterator[Row]:
        found = Closure.objects.standing()
        found = found.overlapping(span) if span else found
        for closure in found.select_related("module").prefetch_related("zones").order_by("starts_at", "pk"):
            yield {
                "id": str(closure.pk),
                "module": closure.module.slug,
                "kind": closure.kind,
                "starts_at": iso(closure.starts_at),
                "ends_at": iso(closure.ends_at),
                "zones": ",".join(zone.slug for zone in closure.zones.all()),
                "certainty": closure.certainty,
                "note": closure.note,
            }

    def take(self, row: Row, *, actor: Actor, at: datetime) -> Taken:
        module = module_of(row)
        kind = one_of(row, "kind", Closure.Kind.values)
        said = {
            "kind": kind,
            "starts_at": needed(row, "starts_at"),
            "ends_at": needed(row, "ends_at"),
            "zones": zones_of(row, module),
            "certainty": one_of(row, "certainty", Certainty.values, default=Certainty.PLANNED),
            "note": row.get("note", ""),
        }
        if len(row.get("note", "")) > 300:
            raise wrong("note", "too_long", _("A note has at most 300 characters."))
        label = f"{Closure.Kind(kind).label}, {gmt(needed(row, 'starts_at'))} to {gmt(needed(row, 'ends_at'))}"
        known = whole(row, "id", default=0)
        if known:
            closure = Closure.objects.filter(pk=known, module=module).first()
            if closure is None:
                raise wrong(
                    "id",
                    "not_found",
                    _("There is no closure %(closure)s of %(module)s.") % {"closure": known, "module": module.name},
                )
            change = partial(operations.change_closure, closure_id=known, **said)  # type: ignore[arg-type]  # a row's cells are read by name
        else:
            change = partial(operations.declare_closure, module=module, **said)  # type: ignore[arg-type]  # a row's cells are read by name
        done = replanning.apply(module, change, reason=row.get("reason", "") or _none(known), actor=actor, at=at)
        verb = ADDED if not known else CHANGED if done.result.touched else UNCHANGED
        return Taken(verb, label, *([done.reviewed.sentence] if verb != UNCHANGED else []))


def _none(known: int) -> str:
    """A row that changes nothing needs no reason; whether it does, only the operation can say."""
    if known:
        return "(unchanged)"
    raise wrong("reason", "required", _("Say why: it stands in the record."))


CLOSURES = Closures()
