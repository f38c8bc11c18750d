"""What the world looks like to a draft: its module, zones, phase, closures and rate card, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from bookings import occupancy, rules
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import FieldError, Invalid, NotAllowed, NotFound
from bookings.models import Membership, Production
from modules.intervals import Span
from modules.models import Closure, Module, Phase, Zone
from modules.prepared import AnyOf, Prepared, Slot
from modules.schedule import Along, Schedule, module_named, schedule_known, schedule_of, share


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft stands on. `phase` is None where the window starts in none."""

    revision: UUID
    module: Module
    zones: Sequence[Zone]
    phase: Phase | None
    closures: Sequence[Closure]
    rank: int | None = None  # behind all that stand, where it was read with the days taken

    @property
    def zone_ids(self) -> list[int]:
        return sorted(zone.pk for zone in self.zones)


def module_of(draft: Draft) -> Module:
    """The module asked for, or the first one where none is named."""
    module = module_named(draft.module)
    if module is None:
        raise _no_such_module(draft)
    return module


def _no_such_module(draft: Draft) -> Invalid:
    detail = _("There is no module “%(module)s”.") % {"module": draft.module}
    return Invalid([FieldError("module", "unknown_module", detail)])


def survey(draft: Draft, module: Module) -> Ground:
    """Read all that the rules need. Call it with the module owned, so that it stays true."""
    return _ground(draft, schedule_of(module.pk), _closures(module, draft.span))


def survey_sharing(draft: Draft) -> Ground:
    """The same of the module that the draft names, kept as it is until the transaction ends, beside others who add.

    What this process knows of the module already says which days the draft needs, so they are taken in the same
    message, and the rank is read. Raises Outdated where that knowledge was old: it is new now, and all begins anew.
    """
    known = schedule_known(draft.module)
    shared = share(draft.module, draft.span, _rank_wanted(draft, known) if known else None)
    if shared is None:
        raise _no_such_module(draft)
    schedule = shared.schedule
    if known is not None and schedule.revision != known.revision:
        raise Outdated
    return _ground(draft, schedule, _closures(schedule.module, draft.span) if shared.is_closed else [], shared.answer)


class Outdated(Exception):
    """The days were taken by rules that have changed since; only what is undone can take the right ones, in order."""


def _rank_wanted(draft: Draft, known: Schedule) -> Along | None:
    phase = rules.phase_of(draft.span, known.phases)
    ids = [zone.pk for zone in known.zones if zone.slug in draft.zones]
    if phase is None or not ids:
        return None
    return occupancy.asking_rank(known.module.pk, ids, occupancy.buffered(draft.span, phase.rules.turnaround))


def _ground(draft: Draft, schedule: Schedule, closures: Sequence[Closure], rank: int | None = None) -> Ground:
    return Ground(
        revision=schedule.revision,
        module=schedule.module,
        zones=_zones(draft, schedule),
        phase=rules.phase_of(draft.span, schedule.phases),
        closures=closures,
        rank=rank,
    )


def _closures(module: Module, span: Span) -> list[Closure]:
    return list(module.closures.standing().overlapping(span).prefetch_related("zones"))


def check(draft: Draft, ground: Ground, *, at: datetime, lead: bool = True) -> Phase:
    return rules.check(draft, zones=ground.zones, phase=ground.phase, closures=ground.closures, at=at, lead=lead)


def production_for(actor: Actor, draft: Draft) -> Production:
    """The production, where the actor may book for it; somebody else's is not there."""
    production = (
        _PRODUCTION.first(pk=draft.production_id)
        if actor.sees_all("production")
        else _OWN_PRODUCTION.first(pk=draft.production_id, organisations=list(actor.organisation_ids))
    )
    if production is None:
        raise NotFound(_("There is no such production among yours."))
    if not actor.may_book_for(production.organisation_id):
        raise NotAllowed(_("You may look at this organisation's bookings, but not make any."))
    production.organisation.active_members = [(each["user"], each["role"]) for each in production.people]
    return production


def _one_production() -> QuerySet[Production]:
    """With its organisation, and the people of that, some of whom are told of what is booked."""
    active = Membership.objects.filter(organisation=OuterRef("organisation_id"), user__is_active=True).order_by("pk")
    members = ArraySubquery(active.values_list(JSONObject(user="user_id", role="role")))
    found: QuerySet[Production] = Production.objects.select_related("organisation").annotate(people=members)
    return found.filter(pk=Slot("pk")).order_by()


_PRODUCTION = Prepared[Production](_one_production)
_OWN_PRODUCTION = Prepared[Production](
    lambda: _one_production().filter(AnyOf(F("organisation_id"), Slot("organisations")))
)
"""`visible_to`, of a member and of staff."""


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
