"""Saved searches: kept by name, run again by their address, shared with colleagues."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import saved_searches
from bookings.exceptions import NotAllowed, NotFound, Refusal
from bookings.models import SavedSearch
from bookings.search import SearchRequest
from bookings.web.orbit_fields import sentences
from bookings.web.reader import Reader, module_named, reader_of
from bookings.web.search_forms import SearchForm, query_for
from bookings.wording import duration
from modules.models import Activity

LONGEST_QUERY = 2000


class SaveForm(forms.Form):
    """A name for what was asked, whom it is for, and how its days are meant. The query goes along, hidden."""

    name = forms.CharField(label=_("Name"), max_length=saved_searches.LONGEST_NAME)
    organisation = forms.ChoiceField(label=_("Who sees it"), required=False)
    follows_today = forms.BooleanField(
        label=_("Let its days move along with today"),
        required=False,
        help_text=_("A search from tomorrow on then always begins tomorrow."),
    )

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "id_save_%s"  # on a page with another form
        organisation = self.fields["organisation"]
        assert isinstance(organisation, forms.ChoiceField)  # noqa: S101 - declared above
        shared = [o for o in reader.organisations if reader.actor.may_book_for(o.pk)]
        organisation.choices = [("", _("Only you")), *((str(o.pk), o.name) for o in shared)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_search_list(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    if request.method == "POST":
        return _save(request, reader)
    now = timezone.now()
    rows = [_row(request, search, reader, saved_searches.request_of(search, at=now)) for search in _all(reader)]
    return render(request, "web/saved_search_list.html", {"rows": rows})


def _all(reader: Reader) -> list[SavedSearch]:
    return list(saved_searches.of(reader.actor))


def _row(request: HttpRequest, search: SavedSearch, reader: Reader, asked: SearchRequest) -> dict[str, Any]:
    return {
        "search": search,
        "asked": asked,
        "words": words(asked),
        "last_day": asked.span.ends_at - timedelta(microseconds=1),
        "address": request.build_absolute_uri(reverse("saved_search", args=[search.pk])),
        "is_own": saved_searches.may_change(reader.actor, search),
    }


def _save(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Keep the search whose query was sent along; where it cannot be kept, say why and go back to it."""
    text = request.POST.get("query", "")[:LONGEST_QUERY]
    query = QueryDict(text)
    form, asked = SaveForm(request.POST, reader=reader), SearchForm(query, module=module_named(query.get("module")))
    if not asked.is_valid():
        return _back(request, text, gettext("That search asks for something that cannot be; mend it, then save it."))
    if not form.is_valid():
        return _back(request, text, gettext("It is not saved: give it a name of at most 100 characters."))
    try:
        found = saved_searches.save(
            actor=reader.actor,
            name=form.cleaned_data["name"],
            request=asked.request(),
            follows_today=form.cleaned_data["follows_today"],
            organisation_id=UUID(form.cleaned_data["organisation"]) if form.cleaned_data["organisation"] else None,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _back(request, text, refusal.detail)
    messages.success(request, gettext("“%(name)s” is saved.") % {"name": found.name})
    return redirect("saved_search_list")


def _back(request: HttpRequest, query: str, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(f"{reverse('search')}?{query}")


@login_required
@require_safe
def saved_search(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Run it: the search page with what it asks for, as of now."""
    asked = saved_searches.request_of(_found(request, search_id), at=timezone.now())
    return redirect(f"{reverse('search')}?{query_for(asked)}")


@login_required
@require_POST
def delete(request: HttpRequest, search_id: UUID) -> HttpResponse:
    found = _found(request, search_id)
    try:
        saved_searches.delete(actor=reader_of(request).actor, search_id=found.pk)
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.detail) from refusal
    messages.success(request, gettext("“%(name)s” is deleted.") % {"name": found.name})
    return redirect("saved_search_list")


def _found(request: HttpRequest, search_id: UUID) -> SavedSearch:
    try:
        return saved_searches.get(reader_of(request).actor, search_id)
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal


def words(asked: SearchRequest) -> list[str]:
    """What a search asks for, one requirement after the other, as people say it."""
    zones = [zone.name for zone in asked.module.zones.all() if zone.slug in asked.zones]
    said = [
        gettext("%(length)s of %(activity)s")
        % {"length": duration(asked.duration), "activity": Activity(asked.activity).label.lower()},
        gettext("in %(zones)s") % {"zones": ", ".join(zones)} if zones else gettext("in any zone that fits"),
        *sentences(asked.conditions.to_json()),
    ]
    if asked.crew:
        said.append(gettext("crew of %(amount)d") % {"amount": asked.crew})
    if asked.power_kw:
        said.append(gettext("%(amount)s kW") % {"amount": f"{asked.power_kw.normalize():f}"})
    if asked.downlink_mbps:
        said.append(gettext("%(amount)d Mbit/s") % {"amount": asked.downlink_mbps})
    if asked.media_return_kg:
        said.append(gettext("%(amount)s kg of media return") % {"amount": f"{asked.media_return_kg.normalize():f}"})
    return [*said, gettext("crew awake") if asked.crew_awake else gettext("at any hour")]
