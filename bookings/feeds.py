"""Calendars by secret address: made once for each person and purpose, and reset when the address got about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.exceptions import NotAllowed, NotFound
from bookings.models import CalendarFeed, Production
from bookings.models.feeds import new_secret


def feeds_of(actor: Actor) -> QuerySet[CalendarFeed]:
    """The actor's calendars; by a key only those of the one organisation that it is for."""
    feeds = CalendarFeed.objects.filter(user=actor.user)
    if actor.key is None:
        return feeds
    return feeds.filter(
        Q(organisation__in=actor.organisation_ids) | Q(production__organisation__in=actor.organisation_ids)
    )


def feed_for(
    actor: Actor, *, organisation_id: UUID | None = None, production_id: UUID | None = None, at: datetime
) -> CalendarFeed:
    """The actor's calendar of all their bookings, of one organisation's or of one production's.

    A key is for one organisation, whatever else its owner belongs to: so is the calendar made with it.
    """
    if actor.user is None or (actor.key is not None and not actor.organisation_ids):
        raise NotAllowed(_("Only people and organisations have calendars."))
    if actor.key is not None and organisation_id is None and production_id is None:
        (organisation_id,) = actor.organisation_ids
    if organisation_id is not None and organisation_id not in actor.organisation_ids:
        raise NotFound(_("There is no such organisation among yours."))
    if production_id is not None and not _own_productions(actor).filter(pk=production_id).exists():
        raise NotFound(_("There is no such production among yours."))
    same = CalendarFeed.objects.filter(user=actor.user, organisation=organisation_id, production=production_id)
    known = same.first()
    if known is None:
        wanted = CalendarFeed(
            user=actor.user, organisation_id=organisation_id, production_id=production_id, created_at=at
        )
        CalendarFeed.objects.bulk_create([wanted], ignore_conflicts=True)
    return known or same.get()


def _own_productions(actor: Actor) -> QuerySet[Production]:
    return Production.objects.filter(organisation__in=actor.organisation_ids)


def reset(feed: CalendarFeed) -> CalendarFeed:
    """A new address; the old one shows nothing any more."""
    feed.secret = new_secret()
    feed.save(update_fields=["secret"])
    return feed
