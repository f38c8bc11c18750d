"""SEE-1 and two production companies, small enough to reason about, built by the application's own code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bookings import actors, lifecycle
from bookings.drafts import Draft
from bookings.founding import load_see1
from bookings.models import Booking, Membership, Organisation, Production, Role, User
from bookings.states import Status
from modules.intervals import Span
from modules.models import Module

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
"""A Monday in the docked phase: lead time 48 h, so the earliest start is 3 March, 12:00."""


def span(start: str, hours: float = 2) -> Span:
    """`span("03-10 10:00")` is two hours from then, in 2027."""
    starts_at = datetime.strptime(f"2027-{start}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return Span(starts_at, starts_at + timedelta(hours=hours))


@dataclass
class Company:
    organisation: Organisation
    owner: User
    production: Production

    @property
    def actor(self) -> actors.Actor:
        return actors.person(self.owner, via="page")


@dataclass
class World:
    module: Module
    ours: Company
    theirs: Company
    staff_user: User

    @property
    def staff(self) -> actors.Actor:
        return actors.person(self.staff_user, via="admin")

    def reserve(
        self,
        window: Span,
        *,
        by: Company | None = None,
        zones: tuple[str, ...] = ("arena",),
        status: Status = Status.HELD,
        at: datetime = NOW,
        **asked: Any,
    ) -> Booking:
        company = by or self.ours
        return lifecycle.reserve(
            actor=company.actor,
            draft=self.draft(window, by=company, zones=zones, **asked),
            status=status,
            at=at,
        )

    def draft(
        self, window: Span, *, by: Company | None = None, zones: tuple[str, ...] = ("arena",), **asked: Any
    ) -> Draft:
        asked.setdefault("activity", "filming")
        if "power_kw" in asked:
            asked["power_kw"] = Decimal(asked["power_kw"])
        return Draft(production_id=(by or self.ours).production.pk, zones=zones, span=window, **asked)


def company(name: str, email: str) -> Company:
    organisation = Organisation.objects.create(name=name, time_zone="Europe/Rome")
    owner = User.objects.create_user(email, "a long enough password")
    Membership.objects.create(organisation=organisation, user=owner, role=Role.OWNER)
    production = Production.objects.create(
        organisation=organisation, title=f"{name}'s film", activity="filming", created_at=NOW
    )
    return Company(organisation, owner, production)


def build() -> World:
    module, _ = load_see1(at=NOW)
    return World(
        module=module,
        ours=company("Aurora Pictures", "ours@aurora.example"),
        theirs=company("Borealis Sport", "theirs@borealis.example"),
        staff_user=User.objects.create_user(
            "staff@see1.example", "a long enough password", is_staff=True, is_superuser=True
        ),
    )
