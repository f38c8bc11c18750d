"""Who reads a page: the actor they are, the clock they live by, and the module they look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest

from bookings import actors
from bookings.models import Organisation, Production, Role, User
from bookings.querysets import ProductionQuerySet
from modules.models import Module

GMT = ZoneInfo("UTC")


@dataclass(frozen=True)
class Reader:
    """A signed-in person, as a page needs to know them. Nothing is read before it is asked for."""

    user: User

    @cached_property
    def actor(self) -> actors.Actor:
        return actors.person(self.user, via="page")

    @cached_property
    def organisations(self) -> list[Organisation]:
        return list(self.user.organisations.all())

    @cached_property
    def owns(self) -> bool:
        """Whether they are an owner of an organisation, and so make its keys."""
        return any(role == Role.OWNER for role in self.actor.roles.values())

    @cached_property
    def zone(self) -> tzinfo:
        """The organisation's own time zone, shown beside GMT; GMT alone for whoever has none."""
        return zone_named(self.organisations[0].time_zone) if self.organisations else GMT

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


def zone_named(name: str) -> tzinfo:
    """The time zone, or GMT where an organisation's setting names none that exists."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown name, a malformed one, a directory
        return GMT


def reader_of(request: HttpRequest) -> Reader:
    """One reader a request, so that a page asks for the memberships once."""
    known: Reader | None = getattr(request, "_reader", None)
    if known is None:
        assert isinstance(request.user, User)  # noqa: S101 - every view with a reader requires a log-in
        known = Reader(request.user)
        request._reader = known  # type: ignore[attr-defined]  # kept on the request, as Django keeps its user
    return known


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
        raise Http404(f"There is no module “{slug}”." if slug else "No module is loaded yet.")
    return module
