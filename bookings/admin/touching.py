"""Saving what the schedule is built on, and no revision keeps: what it does to bookings is said first, and needs a yes.

What a zone is equipped for, and who carries the downlink, are written by the form itself. Every booking is then held
against them; where that touches any, the form's transaction is undone and the form comes back naming them. Sent once
more, it is saved, if it still touches just those bookings in just that way.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from bookings.admin.answering import REFUSALS, Answering, Refusable, sentences
from bookings.admin.replan import tell
from bookings.models.booking import Attention
from bookings.replanning import Reviewed
from modules.exceptions import ScheduleConflict

AGREED = "agreed"
NAMED = 10


class TouchesBookings(ScheduleConflict):
    """What is being saved touches bookings, and nobody has seen which. `seen` tells just these from others."""

    def __init__(self, reviewed: Reviewed) -> None:
        super().__init__(f"Nothing is saved yet: it touches bookings. {_named(reviewed)} Save once more to do it.")
        self.seen = _told_apart(reviewed)


class TouchingForm(Refusable):
    """Once it has said what it touches, sending it again says yes to that."""

    agreed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.refusal, TouchesBookings) and isinstance(self.data, QueryDict):
            data = self.data.copy()
            data[AGREED] = self.refusal.seen
            self.data = data


class Touching(Answering):
    """For a ModelAdmin whose form is a TouchingForm."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the hidden yes, for whoever may save."""
        said = [(title, {**options}) for title, options in super().get_fieldsets(request, obj)]
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        for n, (_title, options) in enumerate(said):
            shown = [field for field in options["fields"] if field != AGREED]
            options["fields"] = [*shown, AGREED] if may and n == 0 else shown
        return said


def unless_agreed(request: HttpRequest, reviewed: Reviewed) -> None:
    """Say what was done to bookings. Raises TouchesBookings, which undoes it, where nobody said yes to just that."""
    if (reviewed.flagged or reviewed.cleared) and request.POST.get(AGREED) != _told_apart(reviewed):
        raise TouchesBookings(reviewed)
    tell(request, reviewed)


class UntouchingDelete(ModelAdmin):
    """For a ModelAdmin whose things may be deleted only while no booking is touched by that."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            answer: HttpResponse = super().delete_view(request, object_id, extra_context)
            return answer
        except REFUSALS as refusal:
            for sentence in sentences(refusal):
                messages.error(request, sentence)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)

    def get_actions(self, request: HttpRequest) -> Any:
        """One by one: each deletion has its own answer."""
        return {name: each for name, each in super().get_actions(request).items() if name != "delete_selected"}


def unless_touching(request: HttpRequest, reviewed: Reviewed, instead: str) -> None:
    """For a deletion, which has no form to say yes on: refused where it touches bookings, with what to do `instead`."""
    if reviewed.flagged or reviewed.cleared:
        raise ScheduleConflict(f"Nothing is deleted: it touches bookings. {_named(reviewed)} {instead}")
    tell(request, reviewed)


def _named(reviewed: Reviewed) -> str:
    """`1 booking flagged for attention. ABCDE-1234 (conditions drifted).`"""
    touched = [*reviewed.flagged, *reviewed.cleared]
    named = [f"{booking.reference}{_why(booking)}" for booking in touched[:NAMED]]
    rest = f" and {len(touched) - NAMED} more" if len(touched) > NAMED else ""
    return f"{reviewed.sentence} {', '.join(named)}{rest}."


def _why(booking: Any) -> str:
    return f" ({', '.join(str(Attention(each).label) for each in booking.attention)})" if booking.attention else ""


def _told_apart(reviewed: Reviewed) -> str:
    touched = sorted(f"{each.pk} {each.version} {each.attention}" for each in [*reviewed.flagged, *reviewed.cleared])
    return hashlib.sha256("\n".join(touched).encode()).hexdigest()
