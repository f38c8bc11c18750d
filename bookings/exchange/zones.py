"""Zones, by module and slug. A zone is never taken away by a table that leaves it out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from bookings import replanning
from bookings.actors import Actor
from bookings.exchange.sheet import ADDED, CHANGED, UNCHANGED, Sheet, Taken, module_of, one_of, whole, wrong
from bookings.exchange.tables import Row
from modules.intervals import Span
from modules.models import Activity, Zone

FIELDS = ("name", "activities", "position")


class Zones(Sheet):
    name = "zones"
    columns = ("module", "slug", "name", "activities", "position")
    required = ("slug", "name", "activities")
    to_see = ("modules.view_zone",)
    to_take = ("modules.add_zone", "modules.change_zone")

    def rows(self, span: Span | None) -> Iterator[Row]:
        for zone in Zone.objects.select_related("module").order_by("module__position", "position", "slug"):
            yield {
                "module": zone.module.slug,
                "slug": zone.slug,
                "name": zone.name,
                "activities": ",".join(zone.activities),
                "position": str(zone.position),
            }

    def take(self, row: Row, *, actor: Actor, at: datetime) -> Taken:
        module = module_of(row)
        zone = module.zones.filter(slug=row["slug"]).first() or Zone(module=module, slug=row["slug"])
        added = zone.pk is None
        before = {name: getattr(zone, name) for name in FIELDS}
        zone.name = row["name"] or zone.name
        zone.activities = [one_of({"activities": each}, "activities", Activity.values) for each in _listed(row)]
        zone.position = whole(row, "position", default=zone.position)
        if not zone.activities:
            raise wrong("activities", "required", _("A zone is equipped for at least one activity."))
        changed = [name for name in FIELDS if before[name] != getattr(zone, name)]
        if not added and not changed:
            return Taken(UNCHANGED, zone.name)
        zone.full_clean()
        zone.save()
        said = [f"{name}: {before[name]} → {getattr(zone, name)}" for name in changed if not added]
        if "activities" in changed and not added:
            reason = f"What {zone.name} is equipped for changed."
            said.append(replanning.recheck(module, replanning.ALL_TIME, reason=reason, actor=actor, at=at).sentence)
        return Taken(ADDED if added else CHANGED, zone.name, *said)


def _listed(row: Row) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in row["activities"].split(",") if each.strip()))


ZONES = Zones()
