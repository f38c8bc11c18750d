"""Who belongs to an organisation, changed by staff: with what goes with it, as on the organisation's own page.

Whoever leaves loses keys and open invitations, whoever is an owner no more loses the invitations, and an owner stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone

from bookings import members
from bookings.models import Membership, Role

Form = Any  # a ModelForm of a membership, which the formset makes


class MembershipFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The members of one organisation, or one person's organisations."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        ending = {form.instance.pk: known for form, known in self._owners_no_more()}
        members.lock(set(ending.values()))
        staying = Membership.objects.filter(role=Role.OWNER, user__is_active=True).exclude(pk__in=ending)
        owned = set(staying.filter(organisation__in=ending.values()).values_list("organisation_id", flat=True))
        if set(ending.values()) - owned - {form.instance.organisation_id for form in self._becoming_owners()}:
            raise ValidationError(members.LAST_OWNER)

    def _owners_no_more(self) -> Iterator[tuple[Form, UUID]]:
        """Rows that were an owner's, with the organisation that they were of."""
        known = Membership.objects.in_bulk([form.instance.pk for form in self.initial_forms])
        for form in self.initial_forms:
            was = known.get(form.instance.pk)
            if was is not None and was.role == Role.OWNER and (self._is_going(form) or not _is_same_owner(form, was)):
                yield form, was.organisation_id

    def _becoming_owners(self) -> Iterator[Form]:
        for form in self.forms:
            if form.has_changed() and not self._is_going(form) and form.instance.role == Role.OWNER:
                yield form

    def _is_going(self, form: Form) -> bool:
        return bool(self.can_delete and self._should_delete_form(form))  # type: ignore[attr-defined]  # Django's own


def _is_same_owner(form: Form, was: Membership) -> bool:
    now = form.instance
    return (now.user_id, now.organisation_id, now.role) == (was.user_id, was.organisation_id, Role.OWNER)


class KeepsMembers:
    """For a ModelAdmin with members in rows."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not Membership:
            super().save_formset(request, form, formset, change)  # type: ignore[misc]  # a ModelAdmin's, into which this is mixed
            return
        at = timezone.now()
        formset.save(commit=False)
        for gone in formset.deleted_objects:
            members.end_membership(gone, at=at)
        for now, _fields in formset.changed_objects:
            was = Membership.objects.get(pk=now.pk)
            if (was.user_id, was.organisation_id) == (now.user_id, now.organisation_id):
                members.give_role(was, role=now.role, at=at)
            else:
                members.end_membership(was, at=at)
                Membership.objects.create(user=now.user, organisation=now.organisation, role=now.role)
        for new in formset.new_objects:
            new.save()
