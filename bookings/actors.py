"""Who acts: a person in a page, a partner's key, staff in the admin, or the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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

    def sees_all(self, model: str) -> bool:
        """Whether they may look at everybody's `model`s ("booking"): staff with the right that the admin asks for.

        To be staff opens the admin's door and no more; what is behind it their groups say.
        """
        may = self.user.has_perm if self.user else lambda _right: True  # nobody: the clock
        return self.is_staff and (may(f"bookings.view_{model}") or may(f"bookings.change_{model}"))

    def owns(self, organisation_id: UUID) -> bool:
        """Whether they are an owner of it, in person: no key manages people or keys."""
        return self.key is None and self.roles.get(organisation_id) == Role.OWNER

    def within(self, organisation_id: UUID) -> Actor:
        """The same, working for this one of their organisations alone."""
        return replace(
            self,
            organisation_ids=self.organisation_ids & {organisation_id},
            booking_ids=self.booking_ids & {organisation_id},
            roles={pk: role for pk, role in self.roles.items() if pk == organisation_id},
        )


def clock(via: str = "task") -> Actor:
    """The actor of what happens because its time came."""
    return Actor(label="SEE-1 Bookings", via=via, is_staff=True, decides=True)


def person(user: User, *, via: str, roles: Mapping[UUID, str] | None = None) -> Actor:
    """A signed-in person, with the organisations they belong to; `roles` in them, where they were just read."""
    if roles is None:
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
    """A partner's system, acting by a key for its one organisation; a staff key has none.

    A key does no more than its person may: it books while they may book, and only while they are a member.
    """
    role = _role(key)
    own = frozenset({key.organisation_id}) if key.organisation_id and role else frozenset()
    return Actor(
        label=f"key “{key.name}”",
        via="api",
        user=key.user,
        key=key,
        is_staff=key.organisation_id is None and key.user.is_staff,
        decides=key.organisation_id is None and _decides(key.user),
        organisation_ids=own,
        booking_ids=own if Scope.BOOK in key.scopes and role != Role.VIEWER else frozenset(),
    )


def _role(key: ApiKey) -> str | None:
    """What the key's person is in its organisation, without a query where it was read with the key."""
    if hasattr(key, "member_role"):
        return str(key.member_role) if key.member_role else None
    own = key.user.memberships.filter(organisation=key.organisation)
    return own.values_list("role", flat=True).first() if key.organisation_id else None


def _decides(user: User) -> bool:
    """Whether a member of staff has the right that the admin asks for, so that no face of ours gives more."""
    return user.is_staff and user.has_perm("bookings.change_booking")
