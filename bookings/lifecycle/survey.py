"""What the world looks like to a draft: its module, zones, phase, closures and rate card, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from bookings import rules
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import FieldError, Invalid, NotAllowed, NotFound
from bookings.models import Production
from modules.models import Closure, Module, Phase, Zone
from modules.schedule import Schedule, schedule_of


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft stands on. `phase` is None where the window starts in none."""

    revision: UUID
    module: Module
    zones: Sequence[Zone]
    phase: Phase | None
    closures: Sequence[Closure]

    @property
    def zone_ids(self) -> list[int]:
        return sorted(zone.pk for zone in self.zones)


def module_of(draft: Draft) -> Module:
    """The module asked for, or the first one where none is named."""
    modules = Module.objects.filter(slug=draft.module) if draft.module else Module.objects.all()
    module = modules.first()
    if module is None:
        raise Invalid(
            [FieldError("module", "unknown_module", _("There is no module “%(module)s”.") % {"module": draft.module})]
        )
    return module


def survey(draft: Draft, module: Module) -> Ground:
    """Read all that the rules need. Call it with the module shared or owned, so that it stays true."""
    schedule = schedule_of(module.pk)
    closures = module.closures.standing().overlapping(draft.span).prefetch_related("zones")
    return Ground(
        revision=schedule.revision,
        module=schedule.module,
        zones=_zones(draft, schedule),
        phase=rules.phase_of(draft.span, schedule.phases),
        closures=list(closures),
    )


def check(draft: Draft, ground: Ground, *, at: datetime, lead: bool = True) -> Phase:
    return rules.check(draft, zones=ground.zones, phase=ground.phase, closures=ground.closures, at=at, lead=lead)


def production_for(actor: Actor, draft: Draft) -> Production:
    """The production, where the actor may book for it; somebody else's is not there."""
    production: Production | None = (
        Production.objects.visible_to(actor).select_related("organisation").filter(pk=draft.production_id).first()
    )
    if production is None:
        raise NotFound(_("There is no such production among yours."))
    if not actor.may_book_for(production.organisation_id):
        raise NotAllowed(_("You may look at this organisation's bookings, but not make any."))
    return production


def _zones(draft: Draft, schedule: Schedule) -> list[Zone]:
    if not draft.zones:
        raise Invalid([FieldError("zones", "required", _("Name at least one zone."))])
    if len(set(draft.zones)) < len(draft.zones):
        raise Invalid([FieldError("zones", "duplicate", _("Name each zone once."))])
    known = {zone.slug: zone for zone in schedule.zones}
    missing = [slug for slug in draft.zones if slug not in known]
    if missing:
        detail = _("%(module)s has no zone “%(zone)s”; it has: %(zones)s.") % {
            "module": schedule.module.name,
            "zone": missing[0],
            "zones": ", ".join(known),
        }
        raise Invalid([FieldError("zones", "unknown_zone", detail)])
    return [known[slug] for slug in draft.zones]
