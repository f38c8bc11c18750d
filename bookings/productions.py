"""Describing a production: what is made, and for which organisation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, NotAllowed, NotFound
from bookings.models import Organisation, Production


def create_production(
    *,
    actor: Actor,
    title: str,
    activity: str,
    confidential: bool = False,
    organisation_id: UUID | None = None,
    at: datetime,
) -> Production:
    """A new production of `organisation_id`, which may be left out by whoever books for one organisation only."""
    organisation = _organisation_for(actor, organisation_id)
    return Production.objects.create(
        organisation=organisation, title=title, activity=activity, confidential=confidential, created_at=at
    )


def _organisation_for(actor: Actor, wanted: UUID | None) -> Organisation:
    if wanted is None:
        if not actor.is_staff and not actor.booking_ids:
            raise NotAllowed("You may look, but not make productions.")
        if actor.is_staff or len(actor.booking_ids) > 1:
            raise Invalid([FieldError("organisation", "required", "Say for which organisation.")])
        (wanted,) = actor.booking_ids
    if not actor.is_staff and wanted not in actor.organisation_ids:
        raise NotFound("There is no such organisation among yours.")
    if not actor.may_book_for(wanted):
        raise NotAllowed("You may look at this organisation's productions, but not make any.")
    organisation = Organisation.objects.filter(pk=wanted).first()
    if organisation is None:
        raise NotFound("There is no such organisation.")
    return organisation
