"""An organisation's API keys, by its owners: made and shown once, rotated with an overlap, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import keys
from bookings.exceptions import Invalid, NotFound
from bookings.models import Organisation, Scope
from bookings.models.accounts import ONE_LINE
from bookings.web.reader import Reader, reader_of

LASTS = {"90": gettext_lazy("90 days"), "365": gettext_lazy("a year"), "": gettext_lazy("until it is revoked")}
MAY = {Scope.READ.value: gettext_lazy("read"), "read book": gettext_lazy("read and book")}


class KeyForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        validators=[ONE_LINE],
        help_text=gettext_lazy("What uses it, as in “scheduling system”."),
    )
    may = forms.ChoiceField(label=pgettext_lazy("permission", "May"), choices=list(MAY.items()), initial="read book")
    lasts = forms.ChoiceField(
        choices=list(LASTS.items()), initial="365", required=False, label=gettext_lazy("It lasts")
    )

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = keys.owned_organisations(reader.actor)
        self.fields["organisation"].queryset = owned  # type: ignore[attr-defined]  # of a ModelChoiceField
        if len(owned) == 1:
            self.fields["organisation"].initial = owned[0].pk
            self.fields["organisation"].widget = forms.HiddenInput()


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def key_list(request: HttpRequest) -> HttpResponse:
    reader = _owner(request)
    form = KeyForm(request.POST or None, reader=reader)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = keys.make_for(
                reader.actor,
                organisation_id=asked["organisation"].pk,
                name=asked["name"],
                scopes=asked["may"].split(),
                lasts=timedelta(days=int(asked["lasts"])) if asked["lasts"] else None,
                at=timezone.now(),
            )
        except Invalid as refusal:
            for error in refusal.errors:
                form.add_error(error.field, error.detail)
        else:
            return _shown_once(request, *made)
    context = {"form": form, "keys": keys.keys_of(reader.actor)}
    return render(request, "web/key_list.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
@require_POST
def rotate(request: HttpRequest, key_id: int) -> HttpResponse:
    try:
        made = keys.rotate(_owner(request).actor, key_id=key_id, at=timezone.now())
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    except Invalid as refusal:
        for error in refusal.errors:
            messages.error(request, error.detail)
        return redirect("key_list")
    return _shown_once(request, *made, until=timezone.now() + keys.OVERLAP)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Asks first: what uses the key may be what books."""
    actor = _owner(request).actor
    if request.method != "POST":
        key = keys.keys_of(actor).usable(timezone.now()).filter(pk=key_id).first()
        if key is None:
            raise Http404(_("There is no such key in use among your organisation's."))
        return render(request, "web/key_revoke.html", {"key": key})
    try:
        key = keys.revoke(actor, key_id=key_id, at=timezone.now())
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    said = _("The key “%(name)s” is revoked: whatever uses it is refused from now on.") % {"name": key.name}
    messages.success(request, said)
    return redirect("key_list")


def _owner(request: HttpRequest) -> Reader:
    reader = reader_of(request)
    if not keys.owned_organisations(reader.actor).exists():
        raise PermissionDenied(_("Only owners of an organisation make its keys. Ask yours."))
    return reader


def _shown_once(request: HttpRequest, key: Any, plaintext: str, until: Any = None) -> HttpResponse:
    return render(request, "web/key_made.html", {"key": key, "plaintext": plaintext, "until": until}, status=201)
