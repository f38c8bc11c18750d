"""Who is in the demo: two production companies, staff, what they make, and their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings import actors
from bookings.keys import register
from bookings.models import Membership, Organisation, Production, Role, Scope, User

PASSWORD = "see1-demo"  # noqa: S105 - published on purpose, and refused outside the demo
FOUNDED = timedelta(days=120)


@dataclass(frozen=True)
class Company:
    organisation: Organisation
    owner: User
    productions: dict[str, Production]

    @property
    def actor(self) -> actors.Actor:
        return actors.person(self.owner, via="page")


@dataclass(frozen=True)
class People:
    producer: Company
    rival: Company
    staff_user: User

    @property
    def staff(self) -> actors.Actor:
        return actors.person(self.staff_user, via="admin")


PRODUCER_MAKES = {
    "filming": "The Long Fall",
    "television": "Kitchen at Dawn",
    "music": "Weightless: Live",
    "sports": "First Court",
}
RIVAL_MAKES = {
    "filming": "Silent Docking",
    "television": "Sixteen Sunrises",
    "music": "Nocturne for a Small Moon",
    "sports": "Drift Ball Finals",
}


def found_people(*, at: datetime) -> People:
    """Everybody, made where they are missing."""
    people = People(
        producer=_company(
            "Halcyon Pictures", "Europe/Rome", "producer@demo.see1.example", ("Elia", "Conti"), PRODUCER_MAKES, at
        ),
        rival=_company(
            "Meridian Live", "America/New_York", "rival@demo.see1.example", ("Dana", "Whitfield"), RIVAL_MAKES, at
        ),
        staff_user=_user("staff@demo.see1.example", ("Robin", "Clarke"), is_staff=True, is_superuser=True),
    )
    _confidential(people.producer, at)
    _keys(people, at)
    return people


def _user(email: str, name: tuple[str, str], **fields: bool) -> User:
    known = User.objects.filter(email=email).first()
    return known or User.objects.create_user(email, PASSWORD, first_name=name[0], last_name=name[1], **fields)


def _company(
    title: str, time_zone: str, email: str, name: tuple[str, str], makes: dict[str, str], at: datetime
) -> Company:
    owner = _user(email, name)
    membership = owner.memberships.select_related("organisation").first()
    if membership is None:
        organisation = Organisation.objects.create(name=title, time_zone=time_zone)
        membership = Membership.objects.create(organisation=organisation, user=owner, role=Role.OWNER)
    organisation = membership.organisation
    productions = {
        activity: Production.objects.get_or_create(
            organisation=organisation,
            activity=activity,
            title=made,
            defaults={"created_at": at - FOUNDED},
        )[0]
        for activity, made in makes.items()
    }
    return Company(organisation, owner, productions)


def _confidential(company: Company, at: datetime) -> None:
    facts = {"activity": "filming", "confidential": True, "created_at": at - FOUNDED / 2}
    made, _ = Production.objects.get_or_create(
        organisation=company.organisation, title="Project Nightjar", defaults=facts
    )
    company.productions["confidential"] = made


def _keys(people: People, at: datetime) -> None:
    both, read = (Scope.READ, Scope.BOOK), (Scope.READ,)
    producer, rival = people.producer, people.rival
    register(
        "see1_demo_producer",
        user=producer.owner,
        organisation=producer.organisation,
        name="Demo: producer's system",
        at=at,
        scopes=both,
    )
    register(
        "see1_demo_rival",
        user=rival.owner,
        organisation=rival.organisation,
        name="Demo: rival's system",
        at=at,
        scopes=both,
    )
    register(
        "see1_demo_partner_readonly",
        user=producer.owner,
        organisation=producer.organisation,
        name="Demo: partner who only reads",
        at=at,
        scopes=read,
    )
    register(
        "see1_demo_staff", user=people.staff_user, organisation=None, name="Demo: staff's system", at=at, scopes=both
    )
