"""Who acts: a person in a page, a partner's key, staff in the admin, or the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from bookings.models.accounts import ApiKey, Role, Scope, User


@dataclass(frozen=True, slots=True)
class Actor:
    """What the core needs to know of whoever acts. `via` is page, api, admin, task or import."""

    label: str
    via: str
    user: User | None = None
    key: ApiKey | None = None
    is_staff: bool = False
    decides: bool = False  # staff who may handle bookings: make, change, confirm and decline them
    organisation_ids: frozenset[UUID] = field(default_factory=frozenset)
    booking_ids: frozenset[UUID] = field(default_factory=frozenset)  # organisations one may book for
    roles: Mapping[UUID, str] = field(default_factory=dict, compare=False)  # a person's, by organisation

    def may_book_for(self, organisation_id: UUID) -> bool:
        return self.decides or organisation_id in self.booking_ids


def clock(via: str = "task") -> Actor:
    """The actor of what happens because its time came."""
    return Actor(label="SEE-1 Bookings", via=via, is_staff=True, decides=True)


def person(user: User, *, via: str) -> Actor:
    """A signed-in person, with the organisations they belong to."""
    roles = dict(user.memberships.values_list("organisation_id", "role"))
    return Actor(
        label=user.get_full_name() or user.email,
        via=via,
        user=user,
        is_staff=user.is_staff,
        decides=_decides(user),
        organisation_ids=frozenset(roles),
        booking_ids=frozenset(pk for pk, role in roles.items() if role != Role.VIEWER),
        roles=roles,
    )


def partner(key: ApiKey) -> Actor:
    """A partner's system, acting by a key for its one organisation; a staff key has none."""
    own = frozenset({key.organisation_id}) if key.organisation_id else frozenset()
    return Actor(
        label=f"key “{key.name}”",
        via="api",
        user=key.user,
        key=key,
        is_staff=key.organisation_id is None and key.user.is_staff,
        decides=key.organisation_id is None and _decides(key.user),
        organisation_ids=own,
        booking_ids=own if Scope.BOOK in key.scopes else frozenset(),
    )


def _decides(user: User) -> bool:
    """Whether a member of staff has the right that the admin asks for, so that no face of ours gives more."""
    return user.is_staff and user.has_perm("bookings.change_booking")
