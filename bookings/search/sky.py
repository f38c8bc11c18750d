"""The outlook that conditions need: their place found, and no more computed than they ask about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bookings.conditions import Conditions
from bookings.exceptions import FieldError, Invalid
from bookings.search.orbital import orbital_requirements
from bookings.search.request import SearchRequest
from bookings.search.requirements import Case, Requirement
from modules.conditions import Outlook, Overhead, kept_outlook, outlook
from modules.intervals import Span
from modules.marks import Seen
from modules.models import Module, Place


def outlook_for(
    module: Module,
    span: Span,
    wanted: Conditions,
    *,
    downlink: bool = False,
    betas: bool = False,
    seen: Seen | None = None,
) -> Outlook:
    """The orbit over `span`, with passes over the place wanted; raises Invalid where there is no such place.

    `seen` of the module, where it was just read: what was computed for the same is then not computed again.
    """
    over, downlink = overhead(wanted), downlink or wanted.downlink_min is not None
    if seen is not None:
        return kept_outlook(seen.of_the_orbit, module.pk, span, over=over, downlink=downlink, betas=betas)
    return outlook(module, span, over=over, downlink=downlink, betas=betas)


def overhead(wanted: Conditions) -> Overhead | None:
    """Over where passes are wanted, if anywhere."""
    if not wanted.wants_pass:
        return None
    if wanted.latitude is not None and wanted.longitude is not None:
        return Overhead(wanted.latitude, wanted.longitude, wanted.min_elevation_degrees)
    place = Place.objects.filter(slug=wanted.place).first()
    if place is None:
        detail = _("There is no place “%(place)s”. See the list of places, or give latitude and longitude.") % {
            "place": wanted.place
        }
        raise Invalid([FieldError("place", "unknown_place", detail)])
    return Overhead(place.latitude, place.longitude, wanted.min_elevation_degrees)


def outlook_of(request: SearchRequest, *, seen: Seen | None = None) -> Outlook | None:
    """The orbit over all that a request asks about; None where it asks nothing of the orbit."""
    if not request.conditions:
        return None
    return outlook_for(request.module, request.span, request.conditions, downlink=True, betas=True, seen=seen)


def of_the_orbit(case: Case, outlook: Outlook | None) -> list[Requirement]:
    """What the case's request asks of the orbit, as requirements."""
    if outlook is None:
        return []
    return [
        Requirement(each.name, case.shared(each.mask), each.detail)
        for each in orbital_requirements(case.request, case.grid, outlook)
    ]
