"""One's productions: what is made, and the bookings of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from bookings.models import Booking, Organisation, Production
from bookings.states import ACTIVE
from bookings.web.reader import Reader, reader_of


class ProductionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    class Meta:
        model = Production
        fields = ("organisation", "title", "activity", "confidential")
        labels = {
            "organisation": gettext_lazy("Organisation"),
            "title": gettext_lazy("Title"),
            "activity": gettext_lazy("Activity"),
            "confidential": gettext_lazy("Confidential"),
        }
        help_texts = {
            "confidential": gettext_lazy("Its title stays out of mails and calendars; only the reference is shown.")
        }

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = self.fields["organisation"]
        assert isinstance(organisations, forms.ModelChoiceField)  # noqa: S101 - the model's foreign key
        allowed = Organisation.objects.all()
        if not reader.actor.decides:
            allowed = allowed.filter(pk__in=reader.actor.booking_ids)
        organisations.queryset = allowed
        if not reader.actor.decides and len(reader.actor.booking_ids) == 1:
            organisations.initial = next(iter(reader.actor.booking_ids))
            organisations.widget = forms.HiddenInput()


@login_required
@require_safe
def production_list(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    productions = (
        Production.objects.visible_to(reader.actor)
        .select_related("organisation")
        .annotate(
            active=Count("bookings", filter=Q(bookings__status__in=ACTIVE)),
            total=Count("bookings"),
        )
        .order_by("-active", "title")
    )
    return render(request, "web/production_list.html", {"productions": productions})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_production(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    if not reader.may_book:
        raise PermissionDenied(_("You may look at your organisation's productions, but not add any. Ask its owner."))
    form = ProductionForm(request.POST or None, reader=reader)
    if request.method == "POST" and form.is_valid():
        production = form.save(commit=False)
        production.created_at = timezone.now()
        production.save()
        messages.success(request, _("“%(title)s” is added.") % {"title": production.title})
        return redirect(_next(request) or "production_list")
    context = {"form": form, "next": _next(request)}
    return render(request, "web/production_new.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def production_page(request: HttpRequest, production_id: UUID) -> HttpResponse:
    reader = reader_of(request)
    production = Production.objects.visible_to(reader.actor).filter(pk=production_id).first()
    if production is None:
        raise Http404(_("There is no such production among yours."))
    bookings = Booking.objects.visible_to(reader.actor).filter(production=production).with_details()
    context = {"production": production, "bookings": bookings.attention_first("-starts_at")[:200]}
    context["a_month_on"] = timezone.now() + timedelta(days=30)
    return render(request, "web/production.html", context)


def _next(request: HttpRequest) -> str:
    """Where to go on, where that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else ""
