"""For whom something is made."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, NotAllowed, NotFound
from bookings.models import Organisation


def organisation_for(actor: Actor, wanted: UUID | None) -> Organisation:
    """The organisation to write for: the one named, or the only one that `actor` books for."""
    if wanted is None:
        if not actor.decides and not actor.booking_ids:
            raise NotAllowed(_("You may look, but not make anything."))
        if actor.decides or len(actor.booking_ids) > 1:
            raise Invalid([FieldError("organisation", "required", _("Say for which organisation."))])
        (wanted,) = actor.booking_ids
    if not actor.sees_all("organisation") and wanted not in actor.organisation_ids:
        raise NotFound(_("There is no such organisation among yours."))
    if not actor.may_book_for(wanted):
        raise NotAllowed(_("You may look at this organisation's things, but not make any."))
    organisation = Organisation.objects.filter(pk=wanted).first()
    if organisation is None:
        raise NotFound(_("There is no such organisation."))
    return organisation
