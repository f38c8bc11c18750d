"""What staff do with things, one by one or many at once, each through a page that asks first.

A deed is asked for with a button (one thing) or an action of the list (many). Asking changes nothing: the page that
opens names what is meant and takes what the deed needs; only sending that page does it, thing by thing, each in its
own transaction. What was refused is told thing by thing; the rest is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from bookings import measures
from bookings.actors import Actor
from bookings.admin.answering import REFUSALS, SEE_FIRST, PreviewFirst, preview_of, sentences, staff
from bookings.exceptions import Invalid
from bookings.models import ScheduleRevision

MOST_AT_ONCE = 200


class NothingToSay(forms.Form):
    """A deed that needs no more than the will to do it."""


class Reason(forms.Form):
    reason = forms.CharField(
        max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), help_text="It stands in the history."
    )


class ReasonForProducer(forms.Form):
    reason = forms.CharField(
        max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), help_text="The producer is told."
    )


class PerhapsReason(ReasonForProducer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class Concurrence(forms.Form):
    concurrence = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Who concurred for the host, and how. Needed while the phase's rules ask for it.",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to do a deed with: the object, the version that staff saw, what they filled in."""

    thing: Any
    version: int | None
    said: dict[str, Any]
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """`do` performs it on one thing and gives the sentence that says so; it raises a refusal where it cannot."""

    title: str
    consequence: str
    form: type[forms.Form]
    do: Callable[[Asked], str]
    is_grave: bool = False
    costs: Callable[[Any, datetime], str] | None = None
    """What the deed costs for one thing, said before it is done; empty where nothing."""
    costs_read: tuple[str, ...] = ()
    """What `costs` reads beside the thing, fetched for all of them at once."""


def version_of(thing: Any) -> int | None:
    """The number by which a thing tells that it has changed; None where it has none."""
    return getattr(thing, "version", getattr(thing, "revision", None))


class Deeds(ModelAdmin):
    """For a ModelAdmin whose list and pages offer deeds."""

    def one(self, request: HttpRequest, object_id: str, deed: Deed) -> HttpResponse:
        """The page of a deed with one thing, from its button."""
        thing = self.get_object(request, object_id)
        if thing is None:
            answer: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return answer
        if not self.has_change_permission(request):  # the state is the core's to judge
            raise PermissionDenied
        return self._ask(request, deed, [thing], back=_page_of(thing))

    def many(self, request: HttpRequest, chosen: Any, deed: Deed) -> HttpResponse | None:
        """The page of a deed with all that was chosen in the list."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        things = list(chosen[: MOST_AT_ONCE + 1])
        if len(things) > MOST_AT_ONCE:
            messages.error(request, f"Choose at most {MOST_AT_ONCE} at once.")
            return None
        return self._ask(request, deed, things, back=request.get_full_path())

    def _ask(self, request: HttpRequest, deed: Deed, things: Sequence[Any], *, back: str) -> HttpResponse:
        sent = request.method == "POST" and "do_it" in request.POST
        form = deed.form(request.POST) if sent else deed.form()
        if sent and form.is_valid():
            things, previews = self._do(request, deed, things, form)
            if not things:
                return _leading_to(previews) or HttpResponseRedirect(back)
        prefetch_related_objects(list(things), *deed.costs_read)
        context = {
            **self.admin_site.each_context(request),
            "title": deed.title,
            "opts": self.opts,
            "deed": deed,
            "form": form,
            "rows": [self._row(deed, thing) for thing in things],
            "action": request.POST.get("action", ""),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "back": back,
        }
        return TemplateResponse(request, "admin/deed.html", context)

    def about(self, thing: Any) -> str:
        """What tells the thing from others, beside its name."""
        return ""

    def _row(self, deed: Deed, thing: Any) -> dict[str, Any]:
        costs = deed.costs(thing, timezone.now()) if deed.costs else ""
        about = "; ".join(filter(None, (self.about(thing), costs)))
        return {"thing": thing, "about": about, "version": version_of(thing), "page": _page_of(thing)}

    def _do(
        self, request: HttpRequest, deed: Deed, things: Sequence[Any], form: forms.Form
    ) -> tuple[list[Any], list[ScheduleRevision]]:
        """Do the deed with each thing. Those come back that wait for something the form can still say.

        What changes the schedule and touches bookings is not done: its previews come back, to be looked at and applied.
        """
        actor, said = staff(request), dict(form.cleaned_data)  # an error takes its field out of the form's own
        waiting, previews = [], []
        for thing in things:
            asked = Asked(thing, _seen(request, thing), said, actor, timezone.now())
            try:
                messages.success(request, deed.do(asked))
            except PreviewFirst as first:
                previews.append(preview_of(first, actor))
                messages.warning(request, f"{thing}: {SEE_FIRST}")
            except REFUSALS as refusal:
                measures.refused(refusal.code, "admin")
                missing = _missing(refusal, form)
                if missing:
                    waiting.append(thing)
                    _say(form, missing)
                else:
                    messages.error(request, f"{thing}: {' '.join(sentences(refusal))}")
        return waiting, previews


def _leading_to(previews: Sequence[ScheduleRevision]) -> HttpResponse | None:
    """The page of the only preview, or the list that has them all on top."""
    if not previews:
        return None
    return redirect("revision", previews[0].pk) if len(previews) == 1 else redirect("revision_list")


def _missing(refusal: Exception, form: forms.Form) -> dict[str, str]:
    """What the form can mend, by its fields; nothing where the refusal is about anything else as well."""
    if not isinstance(refusal, Invalid) or any(error.field not in form.fields for error in refusal.errors):
        return {}
    return {error.field: error.detail for error in refusal.errors}


def _say(form: forms.Form, missing: dict[str, str]) -> None:
    for field, detail in missing.items():
        if detail not in form.errors.get(field, []):
            form.add_error(field, detail)


def _seen(request: HttpRequest, thing: Any) -> int | None:
    """The version that the page showed; what is no number is none that there ever was."""
    text = request.POST.get(f"version_{thing.pk}", "")
    if version_of(thing) is None:
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _page_of(thing: Any) -> str:
    meta = thing._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
