"""Signing up: for a production company that one founds, or for one that has invited one."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from allauth.account import forms as account_forms
from allauth.account import views
from allauth.account.adapter import get_adapter
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bookings.exceptions import NotAllowed, NotFound
from bookings.invitations import accept_invitation, invitation_by, why_not
from bookings.members import found_organisation
from bookings.models import Invitation, User
from bookings.models.accounts import NO_ADDRESS, ONE_LINE
from bookings.web.accounts import plain

INVITED_BY = "invitation"  # the session's key for the link that somebody followed


def time_zones() -> list[tuple[str, str]]:
    """Those that people live by, as `Europe/Rome`, each by the one name it has in tzdata's own table; UTC first."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    named = sorted(line.split("\t")[2] for line in table if line and not line.startswith("#"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in named)]


def invited(request: HttpRequest) -> Invitation | None:
    """The invitation whose link this browser followed, while it still opens something."""
    invitation = invitation_by(request.session.get(INVITED_BY, ""))
    return None if invitation is None or why_not(invitation, at=timezone.now()) else invitation


class SignUpForm(account_forms.SignupForm):
    first_name = forms.CharField(label=_("First name"), max_length=150, validators=[ONE_LINE, NO_ADDRESS])
    last_name = forms.CharField(label=_("Last name"), max_length=150, validators=[ONE_LINE, NO_ADDRESS])
    organisation = forms.CharField(
        label=_("Production company"),
        max_length=200,
        validators=[ONE_LINE, NO_ADDRESS],
        help_text=_("You are its owner, and invite your colleagues afterwards. If it is here already, be invited."),
    )
    time_zone = forms.ChoiceField(label=_("Its time zone"), choices=time_zones, help_text=_("Shown beside GMT."))

    def __init__(self, *args: Any, invitation: Invitation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["email"].label = _("Mail address")
        for name, known_as in (("first_name", "given-name"), ("last_name", "family-name")):
            self.fields[name].widget.attrs["autocomplete"] = known_as
        if invitation is not None:
            self.fields["email"].disabled = True
            self.initial["email"] = invitation.email
            del self.fields["organisation"], self.fields["time_zone"]
        else:
            self.fields["organisation"].widget.attrs["autocomplete"] = "organization"
            if not self.is_bound:  # a browser with scripts says where it is
                self.fields["time_zone"].widget.attrs["data-zone-of-browser"] = ""
        plain(self)
        self.order_fields(["organisation", "time_zone", "first_name", "last_name", "email", "password1"])

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])  # or the answer would come sooner than for a new one
        return super().try_save(request)

    def signup(self, request: HttpRequest, user: User) -> None:
        """What comes with the account, in its transaction."""
        user.language = get_language() or ""
        user.save(update_fields=["language"])
        if self.invitation is not None:
            accept_invitation(user=user, invitation_id=self.invitation.pk, at=timezone.now())
            return
        found_organisation(
            user=user,
            name=self.cleaned_data["organisation"],
            time_zone=self.cleaned_data["time_zone"],
            language=user.language or "en",
        )


def opens_nothing(request: HttpRequest, invitation: Invitation | None, reason: str) -> HttpResponse:
    """The page of an invitation that was taken back, or grew too old, while its form stood open."""
    request.session.pop(INVITED_BY, None)
    return render(request, "web/invitation.html", {"invitation": invitation, "reason": reason}, status=410)


class SignUp(views.SignupView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "own" in request.GET:  # an invitation was followed in this browser, and is not what they came for
            request.session.pop(INVITED_BY, None)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        token = request.session.get(INVITED_BY, "")
        if not token or "organisation" in request.POST:  # it is for a company of their own
            return super().post(request, *args, **kwargs)
        followed = invitation_by(token)
        if followed is None:  # deleted, with its organisation perhaps
            return opens_nothing(request, None, gettext("There is no such invitation."))
        if reason := why_not(followed, at=timezone.now()):
            return opens_nothing(request, followed, reason)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"invitation": invited(self.request)}  # type: ignore[no-any-return]  # allauth is not typed

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        if form.invitation is not None and not form.account_already_exists:
            # The link came by mail to that address, so it is theirs.
            get_adapter().stash_verified_email(self.request, form.invitation.email)
        try:
            with transaction.atomic():
                answer: HttpResponse = super().form_valid(form)
        except (NotAllowed, NotFound) as refusal:  # taken back or deleted this very moment
            if form.invitation is None:
                raise
            get_adapter().unstash_verified_email(self.request)
            return opens_nothing(self.request, form.invitation, refusal.detail)
        except IntegrityError:  # the same address signed up this very moment
            form.account_already_exists = True
            answer = super().form_valid(form)
        if form.invitation is not None:
            self.request.session.pop(INVITED_BY, None)
        return answer
