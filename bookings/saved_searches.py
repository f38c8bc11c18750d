"""Searches kept by name: what was asked, as the API's query has it, to be run again as it was or along with the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from bookings import conditions
from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, NotAllowed, NotFound
from bookings.models import SavedSearch
from bookings.models.accounts import ONE_LINE
from bookings.querysets import SavedSearchQuerySet
from bookings.search import SearchRequest, check, zones_of
from modules import durations
from modules.instants import read_instant
from modules.intervals import Span

MOST_PER_PERSON = 200
LONGEST_NAME = 100


def of(actor: Actor) -> SavedSearchQuerySet:
    """The actor's own, and what colleagues share, in the order in which they were made."""
    return SavedSearch.objects.visible_to(actor).select_related("module", "user", "organisation")


def get(actor: Actor, search_id: UUID) -> SavedSearch:
    """Raises NotFound for what is another's."""
    found: SavedSearch | None = of(actor).filter(pk=search_id).first()
    if found is None:
        raise NotFound(gettext("There is no such search among yours."))
    return found


def save(
    *,
    actor: Actor,
    name: str,
    request: SearchRequest,
    follows_today: bool = False,
    organisation_id: UUID | None = None,
    at: datetime,
) -> SavedSearch:
    """Keep `request` by name, for oneself or with an organisation's members. Raises Invalid, NotAllowed, NotFound."""
    if actor.user is None:
        raise NotAllowed(gettext("Only people and organisations keep searches."))
    if actor.key is not None and organisation_id is None and actor.organisation_ids:
        (organisation_id,) = actor.organisation_ids  # a key is its organisation's, and so is what it keeps
    if organisation_id is not None and organisation_id not in actor.organisation_ids:
        raise NotFound(gettext("There is no such organisation among yours."))
    if organisation_id is not None and not actor.may_book_for(organisation_id):
        raise NotAllowed(gettext("You may look at this organisation's things, but not make any."))
    check(request)
    zones_of(request.module, request.zones)  # raises Invalid for one that the module has not
    kept = actor.user.saved_searches.count()
    if kept >= MOST_PER_PERSON:
        detail = gettext("You keep %(count)d searches, which is the most. Delete one first.") % {"count": kept}
        raise Invalid([FieldError("name", "too_many", detail)])
    made: SavedSearch = SavedSearch.objects.create(
        user=actor.user,
        organisation_id=organisation_id,
        module=request.module,
        name=_name(name),
        asked=as_query(request),
        follows_today=follows_today,
        created_at=at,
    )
    return made


def change(*, actor: Actor, search_id: UUID, name: str | None = None, follows_today: bool | None = None) -> SavedSearch:
    """Another name, or another way to reckon its days. What it asks for stays: another question is another search."""
    found = _own(actor, search_id)
    if name is not None:
        found.name = _name(name)
    if follows_today is not None:
        found.follows_today = follows_today
    found.save(update_fields=["name", "follows_today"])
    return found


def delete(*, actor: Actor, search_id: UUID) -> None:
    _own(actor, search_id).delete()


def _own(actor: Actor, search_id: UUID) -> SavedSearch:
    """What its maker may change, and an owner; colleagues run it. A key changes what its organisation keeps."""
    found = get(actor, search_id)
    if not may_change(actor, found):
        raise NotAllowed(gettext("Only whoever saved a search changes or deletes it."))
    return found


def may_change(actor: Actor, search: SavedSearch) -> bool:
    """Whoever saved it; of what is shared its organisation's owners and keys too, and nobody who may only look."""
    shared_with = search.organisation_id
    if shared_with is None:
        return bool(search.user == actor.user)
    if not actor.may_book_for(shared_with):
        return False
    own_key = actor.key is not None and shared_with in actor.organisation_ids
    return search.user == actor.user or own_key or actor.owns(shared_with)


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > LONGEST_NAME:
        detail = gettext("Give it a name of at most %(most)d characters.") % {"most": LONGEST_NAME}
        raise Invalid([FieldError("name", "required" if not name else "max_length", detail)])
    try:
        ONE_LINE(name)
    except ValidationError as error:
        raise Invalid([FieldError("name", "control_characters", str(error.message))]) from error
    return name


def as_query(request: SearchRequest) -> dict[str, Any]:
    """What `request` asks, by the names of the API's query; what is left at its usual value is left out."""
    said: dict[str, Any] = {
        "activity": request.activity,
        "duration": durations.write(request.duration),
        "from": _instant(request.span.starts_at),
        "to": _instant(request.span.ends_at),
        "zone": list(request.zones) or None,
        "crew": request.crew or None,
        "power_kw": f"{request.power_kw.normalize():f}" if request.power_kw else None,
        "downlink_mbps": request.downlink_mbps or None,
        "media_return_kg": f"{request.media_return_kg.normalize():f}" if request.media_return_kg else None,
        "crew_awake": request.crew_awake,
        "step": request.step_minutes,
    }
    return {name: value for name, value in said.items() if value is not None} | request.conditions.to_json()


def request_of(search: SavedSearch, *, at: datetime) -> SearchRequest:
    """The request as it was, or moved by the days that have passed since it was saved."""
    asked: Mapping[str, Any] = search.asked
    passed = (at.astimezone(UTC).date() - search.created_at.astimezone(UTC).date()).days
    later = timedelta(days=passed if search.follows_today else 0)
    return SearchRequest(
        module=search.module,
        activity=asked["activity"],
        duration=durations.parse(asked["duration"]),
        span=Span(read_instant(asked["from"]) + later, read_instant(asked["to"]) + later),
        zones=tuple(asked.get("zone", ())),
        crew=asked.get("crew", 0),
        power_kw=Decimal(asked.get("power_kw", 0)),
        downlink_mbps=asked.get("downlink_mbps", 0),
        media_return_kg=Decimal(asked.get("media_return_kg", 0)),
        crew_awake=asked["crew_awake"],
        step_minutes=asked["step"],
        conditions=conditions.parse({name: asked[name] for name in conditions.FIELDS if name in asked}),
    )


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
