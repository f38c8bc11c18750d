"""Changing the schedule from a page: by `bookings.replanning`, and saying what it did to bookings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant

from bookings import replanning
from bookings.admin.answering import SEE_FIRST, PreviewFirst, staff
from bookings.admin.deeds import Asked
from bookings.replanning import Reviewed
from modules.models import Module

PREVIEW = "_preview_first"


class Previewing(ModelAdmin):
    """For a ModelAdmin whose saving changes the schedule: a button that shows first what that would do."""

    actions_submit_line = ("preview_first",)
    saves_at_once = True
    """Whether a second button saves what touches no booking without showing it first."""

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Unfold shows such buttons on the pages of what is there; here they belong on those that add, too."""
        extra = dict(extra_context or {})
        if not self.saves_at_once:
            extra |= dict.fromkeys(("show_save", "show_save_and_continue", "show_save_and_add_another"), False)
        if object_id is None:
            extra["actions_submit_line"] = self.get_actions_submit_line(request, None)
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
        return answer

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> Any:
        allowed = (
            self.has_change_permission(request, self.get_object(request, str(object_id)))
            if object_id
            else self.has_add_permission(request)
        )
        return super().get_actions_submit_line(request, object_id) if allowed else []

    @action(description="Preview what it does to bookings", icon="preview", variant=ActionVariant.PRIMARY)
    def preview_first(self, request: HttpRequest, obj: Any) -> None:
        """Never called: `from_page` sees the button, and saves nothing."""


def from_page(request: HttpRequest, module: Module, change: Any, reason: str) -> Any:
    """Apply `change` (a verb of `modules.operations`) where it touches no booking, and give what it handed back.

    Raises PreviewFirst, which undoes the form's transaction, where it touches any or they asked to see that first. So
    nobody's booking is flagged before staff have seen whose, and said yes.
    """
    if any(name.endswith(PREVIEW) for name in request.POST):
        raise PreviewFirst(module, change, reason)
    done = replanning.apply(module, change, reason=reason, actor=staff(request), at=timezone.now())
    if done.reviewed.flagged or done.reviewed.cleared:
        messages.warning(request, str(SEE_FIRST))
        raise PreviewFirst(module, change, reason)
    tell(request, done.reviewed)
    return done.result


def from_deed(asked: Asked, module: Module, change: Any) -> str:
    """The same for a deed, which is undone by what this raises; gives the sentence that says what it came to."""
    reason = asked.said["reason"]
    with transaction.atomic():
        done = replanning.apply(module, change, reason=reason, actor=asked.actor, at=asked.at)
        if done.reviewed.flagged or done.reviewed.cleared:
            raise PreviewFirst(module, change, reason)
    return done.reviewed.sentence


def looked_again(request: HttpRequest, module: Module, reason: str) -> Reviewed:
    """Every booking of the module held against what has just been saved."""
    return replanning.recheck(module, replanning.ALL_TIME, reason=reason, actor=staff(request), at=timezone.now())


def tell(request: HttpRequest, reviewed: Reviewed) -> None:
    level = messages.WARNING if reviewed.flagged else messages.INFO
    messages.add_message(request, level, reviewed.sentence)
