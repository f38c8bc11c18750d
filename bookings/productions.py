"""Describing a production: what is made, and for which organisation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bookings.actors import Actor
from bookings.models import Production
from bookings.organisations import organisation_for


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
    organisation = organisation_for(actor, organisation_id)
    return Production.objects.create(
        organisation=organisation, title=title, activity=activity, confidential=confidential, created_at=at
    )
