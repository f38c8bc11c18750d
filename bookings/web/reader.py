"""Who reads a page: the actor they are, the clock they live by, and the module they look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from bookings import actors
from bookings.clocks import GMT, zone_named
from bookings.models import Booking, Membership, Organisation, Production, Proposal, Role, SavedSearch, User
from bookings.querysets import ProductionQuerySet
from modules.models import Module
from modules.prepared import Prepared, Slot

CHOSEN = "organisation"  # the session's key for the one they work for
ABOUT: dict[str, tuple[Any, str]] = {
    "booking_id": (Booking, "organisation"),
    "production_id": (Production, "organisation"),
    "proposal_id": (Proposal, "booking__organisation"),
    "search_id": (SavedSearch, "organisation"),
}
"""Of what an address names, which belongs to an organisation, and by which field."""


_MEMBERSHIPS = Prepared[Membership](
    lambda: (
        Membership.objects.select_related("organisation")
        .filter(user=Slot("user"))
        .order_by("organisation__name", "organisation_id")
    )
)


@dataclass(frozen=True)
class Reader:
    """A signed-in person, as a page needs to know them. Nothing is read before it is asked for."""

    user: User
    chosen: str = ""  # the organisation that they said they work for, among several

    @cached_property
    def everywhere(self) -> actors.Actor:
        """Who they are, whichever organisation they work for now."""
        return actors.person(self.user, via="page", roles={one.organisation_id: one.role for one in self._memberships})

    @cached_property
    def actor(self) -> actors.Actor:
        """Who they are where they work now: among several organisations, only that one's things are shown and made."""
        if len(self.organisations) < 2 or self.organisation is None:
            return self.everywhere
        return self.everywhere.within(self.organisation.pk)

    @cached_property
    def _memberships(self) -> list[Membership]:
        return _MEMBERSHIPS.all(user=self.user.pk)

    @cached_property
    def organisations(self) -> list[Organisation]:
        return [one.organisation for one in self._memberships]

    @cached_property
    def organisation(self) -> Organisation | None:
        """The one they work for now: as chosen, or the first."""
        chosen = (one for one in self.organisations if str(one.pk) == self.chosen)
        return next(chosen, self.organisations[0] if self.organisations else None)

    @cached_property
    def owns(self) -> bool:
        """Whether they are an owner of an organisation, and so make its keys."""
        return any(role == Role.OWNER for role in self.actor.roles.values())

    @cached_property
    def zone(self) -> tzinfo:
        """The organisation's own time zone, shown beside GMT; GMT alone for whoever has none."""
        return zone_named(self.organisation.time_zone) if self.organisation else GMT

    @property
    def lives_by_gmt(self) -> bool:
        return self.zone == GMT

    @property
    def zone_name(self) -> str:
        """`Rome` for `Europe/Rome`: how people call the clock they live by."""
        return str(self.zone).rpartition("/")[2].replace("_", " ") if not self.lives_by_gmt else "GMT"

    @property
    def may_book(self) -> bool:
        return self.actor.decides or bool(self.actor.booking_ids)

    def productions(self) -> ProductionQuerySet:
        """The productions one may book for; a viewer has none."""
        own = Production.objects.visible_to(self.actor).select_related("organisation")
        return own if self.actor.decides else own.filter(organisation__in=self.actor.booking_ids)


def reader_of(request: HttpRequest) -> Reader:
    """One reader a request, so that a page asks for the memberships once."""
    known: Reader | None = getattr(request, "_reader", None)
    if known is None:
        assert isinstance(request.user, User)  # noqa: S101 - every view with a reader requires a log-in
        known = Reader(request.user, str(request.session.get(CHOSEN, "")))
        if another := _led_to(request, known):
            request.session[CHOSEN] = another
            known = Reader(request.user, another)
        request._reader = known  # type: ignore[attr-defined]  # kept on the request, as Django keeps its user
    return known


def choose(request: HttpRequest, organisation_id: UUID) -> None:
    """Work for this organisation from now on, in this session."""
    request.session[CHOSEN] = str(organisation_id)
    request._reader = None  # type: ignore[attr-defined]  # kept on the request, as Django keeps its user


def _led_to(request: HttpRequest, reader: Reader) -> str:
    """Another of their organisations than the chosen one, where the page asked for is that one's; else empty.

    So a link in a mail leads where it should, whatever was chosen last.
    """
    asked = request.resolver_match.kwargs if request.resolver_match else {}
    about = next((name for name in ABOUT if name in asked), None)
    if about is None or len(reader.organisations) < 2 or reader.organisation is None:
        return ""
    model, belongs_to = ABOUT[about]
    found = model.objects.filter(pk=asked[about], **{f"{belongs_to}__in": reader.organisations})
    organisation_id = found.values_list(belongs_to, flat=True).first()
    return str(organisation_id) if organisation_id not in (None, reader.organisation.pk) else ""


def is_slug(text: str) -> bool:
    """Whether `text` could be a slug at all; PostgreSQL would not take a NUL even to look for it."""
    return re.fullmatch(r"[-\w]{1,50}", text, re.ASCII) is not None


def module_of(request: HttpRequest) -> Module:
    """The module named by `?module=`, or the first."""
    return module_named(request.GET.get("module") or request.POST.get("module"))


def module_named(slug: str | None) -> Module:
    """The module of that slug; the first, where none is named."""
    modules = Module.objects.all()
    module = (modules.filter(slug=slug if is_slug(slug) else "") if slug else modules).first()
    if module is None:
        raise no_module(slug)
    return module


def no_module(slug: str | None) -> Http404:
    return Http404(_("There is no module “%(module)s”.") % {"module": slug} if slug else _("No module is loaded yet."))
