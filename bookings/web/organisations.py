"""The organisation that one works for: its facts, its people, whom it has invited; and choosing among several."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bookings import invitations, members
from bookings.exceptions import Invalid, NotAllowed, NotFound, Refusal
from bookings.models import Organisation, Role
from bookings.models.accounts import NO_ADDRESS, ONE_LINE
from bookings.web.reader import Reader, choose, reader_of
from bookings.web.refusals import status_of
from bookings.web.sign_up import time_zones

ROLES = (
    (Role.OWNER.value, gettext_lazy("Owner: books, and manages people and keys")),
    (Role.BOOKER.value, gettext_lazy("Booker: books")),
    (Role.VIEWER.value, gettext_lazy("Viewer: looks, and changes nothing")),
)


class FactsForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, validators=[ONE_LINE, NO_ADDRESS])
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=time_zones, help_text=gettext_lazy("Shown beside GMT.")
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of invitations. Everybody chooses their own once they are in."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones, kept = self.fields["time_zone"], self.initial.get("time_zone")
        assert isinstance(zones, forms.ChoiceField)  # noqa: S101 - declared above
        if kept and kept not in dict(time_zones()):  # by an older name, or by a partner's system
            zones.choices = [(kept, kept), *time_zones()]


class InvitationForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial=Role.BOOKER.value)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=ROLES)


View = Callable[..., HttpResponse]


def _working_for_one(view: View) -> View:
    """For whoever belongs to an organisation; what the core refuses is told on the page that they came from."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reader = _named_by_form(request)
        if reader.organisation is None:
            raise Http404(_("You belong to no organisation. Ask its owner to invite you, or found one."))
        try:
            return view(request, reader, reader.organisation, *args, **kwargs)
        except NotFound as refusal:
            raise Http404(refusal.detail) from refusal
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.detail) from refusal

    return login_required(checked)


def _named_by_form(request: HttpRequest) -> Reader:
    """Who sends a form, working for the organisation whose page it stood on: another may have been chosen since."""
    reader, named = reader_of(request), request.POST.get("organisation")
    if named is None or (reader.organisation is not None and named == str(reader.organisation.pk)):
        return reader
    theirs = next((one for one in reader.organisations if str(one.pk) == named), None)
    if theirs is None:
        raise Http404(_("There is no such organisation among yours."))
    choose(request, theirs.pk)
    return reader_of(request)


@require_http_methods(["GET", "HEAD", "POST"])
@_working_for_one
def organisation_page(request: HttpRequest, reader: Reader, organisation: Organisation) -> HttpResponse:
    form = _facts_form(request.POST or None, organisation)
    if request.method == "POST" and form.is_valid():
        members.change_organisation(reader.actor, organisation_id=organisation.pk, **form.cleaned_data)
        messages.success(request, _("The organisation is changed."))
        return redirect("organisation")
    return _page(request, reader, organisation, status=400 if form.errors else 200, facts_form=form)


@require_POST
@_working_for_one
def invite(request: HttpRequest, reader: Reader, organisation: Organisation) -> HttpResponse:
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            made = invitations.invite(
                reader.actor, organisation_id=organisation.pk, at=timezone.now(), **form.cleaned_data
            )
        except Invalid as refusal:
            for error in refusal.errors:
                form.add_error(error.field, error.detail)
        else:
            messages.success(request, _("An invitation is on its way to %(address)s.") % {"address": made.email})
            return redirect("organisation")
    return _page(request, reader, organisation, status=400, invitation_form=form)


@require_POST
@_working_for_one
def revoke_invitation(
    request: HttpRequest, reader: Reader, organisation: Organisation, invitation_id: UUID
) -> HttpResponse:
    revoked = invitations.revoke_invitation(
        reader.actor, organisation_id=organisation.pk, invitation_id=invitation_id, at=timezone.now()
    )
    messages.success(request, _("The invitation of %(address)s is taken back.") % {"address": revoked.email})
    return redirect("organisation")


@require_POST
@_working_for_one
def change_role(request: HttpRequest, reader: Reader, organisation: Organisation, user_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    role = form.cleaned_data["role"] if form.is_valid() else ""
    try:
        changed = members.change_role(
            reader.actor, organisation_id=organisation.pk, user_id=user_id, role=role, at=timezone.now()
        )
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _refused(request, reader, organisation, refusal)
    said = {"person": str(changed.user), "role": Role(changed.role).label}
    messages.success(request, _("%(person)s is now: %(role)s.") % said)
    return redirect("organisation")


@require_http_methods(["GET", "HEAD", "POST"])
@_working_for_one
def remove_member(request: HttpRequest, reader: Reader, organisation: Organisation, user_id: int) -> HttpResponse:
    member = organisation.memberships.select_related("user").filter(user_id=user_id).first()
    if member is None:
        raise Http404(_("There is no such member of this organisation."))
    leaving = member.user_id == reader.user.pk
    if not leaving and not reader.actor.owns(organisation.pk):
        raise PermissionDenied(_("Only owners manage an organisation and its people. Ask one of yours."))
    if request.method != "POST":
        keys = member.user.api_keys.usable(timezone.now()).filter(organisation=organisation).count()
        context = {"member": member, "organisation": organisation, "leaving": leaving, "keys": keys}
        return render(request, "web/member_remove.html", context)
    try:
        members.remove_member(reader.everywhere, organisation_id=organisation.pk, user_id=user_id, at=timezone.now())
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _refused(request, reader, organisation, refusal)
    said = {"person": str(member.user), "organisation": organisation.name}
    messages.success(request, _("%(person)s belongs to %(organisation)s no more.") % said)
    return redirect("home" if leaving else "organisation")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_list(request: HttpRequest) -> HttpResponse:
    """One's organisations, to choose the one to work for; and founding another."""
    reader = reader_of(request)
    form = FactsForm(request.POST or None, initial={"time_zone": "UTC", "language": request.LANGUAGE_CODE})
    founded = _found(request, reader, form) if request.method == "POST" and form.is_valid() else None
    if founded is not None:
        choose(request, founded.pk)
        messages.success(request, _("%(name)s is founded, and you are its owner.") % {"name": founded.name})
        return redirect("organisation")
    context = {"form": form, "roles": reader.everywhere.roles}
    return render(request, "web/organisation_list.html", context, status=400 if form.errors else 200)


def _found(request: HttpRequest, reader: Reader, form: FactsForm) -> Organisation | None:
    """None where it is refused, and the form says why."""
    if not ratelimit.consume(request, action="found_organisation", user=reader.user):
        form.add_error("name", _("You founded several within the hour. Try again later."))
        return None
    try:
        return members.found_organisation(user=reader.user, **form.cleaned_data)
    except Invalid as refusal:
        for error in refusal.errors:
            form.add_error(error.field, error.detail)
        return None


@login_required
@require_POST
def choose_organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    if organisation_id not in reader_of(request).everywhere.organisation_ids:
        raise Http404(_("There is no such organisation among yours."))
    choose(request, organisation_id)
    return redirect("home")


def _refused(request: HttpRequest, reader: Reader, organisation: Organisation, refusal: Refusal) -> HttpResponse:
    return _page(request, reader, organisation, status=status_of(refusal), refusal=refusal)


def _page(
    request: HttpRequest, reader: Reader, organisation: Organisation, *, status: int = 200, **said: Any
) -> HttpResponse:
    owns = reader.actor.owns(organisation.pk)
    context = {
        "organisation": organisation,
        "owns": owns,
        "members": organisation.memberships.select_related("user").order_by("user__email"),
        "roles": ROLES,
        "facts_form": _facts_form(None, organisation),
        "invitation_form": InvitationForm(),
        "invitations": invitations.invitations_of(organisation.pk) if owns else [],
        **said,
    }
    return render(request, "web/organisation.html", context, status=status)


def _facts_form(data: Any, organisation: Organisation) -> FactsForm:
    facts = {name: getattr(organisation, name) for name in ("name", "time_zone", "language")}
    return FactsForm(data, initial=facts)
