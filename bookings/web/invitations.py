"""Where the link in an invitation leads: say who invites to what, then let its addressee in."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.accounts import find_person
from bookings.exceptions import NotAllowed, NotFound
from bookings.invitations import accept_invitation, invitation_by, why_not
from bookings.models import Invitation
from bookings.web.reader import choose, reader_of
from bookings.web.sign_up import INVITED_BY


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    invitation = invitation_by(token)
    if invitation is None:
        raise Http404(_("This is no invitation of ours. Look whether the whole link was opened."))
    if request.method == "POST" and request.user.is_authenticated:
        return _accept(request, invitation)
    reason = why_not(invitation, at=timezone.now())
    if not reason and not request.user.is_authenticated:
        request.session[INVITED_BY] = token
    context = {
        "invitation": invitation,
        "reason": reason,
        "is_theirs": request.user.is_authenticated and reader_of(request).user.email == invitation.email,
        "has_account": find_person(invitation.email) is not None,
    }
    return render(request, "web/invitation.html", context, status=410 if reason else 200)


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    try:
        accept_invitation(user=reader_of(request).user, invitation_id=invitation.pk, at=timezone.now())
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.detail) from refusal
    choose(request, invitation.organisation_id)
    messages.success(request, _("You belong to %(name)s now.") % {"name": invitation.organisation.name})
    return redirect("home")
