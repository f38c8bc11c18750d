"""What every page of the admin does with a refusal: say it where it can be mended, and leave nothing half done.

Saving runs in Django's one transaction per form. Where the core refuses, that transaction is undone and the same form
is answered again with the refusal on it, as if it had been found invalid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from bookings import actors, measures, replanning
from bookings.exceptions import Refusal
from bookings.models import ScheduleRevision
from modules.exceptions import ModuleError
from modules.models import Module

REFUSALS = (Refusal, ModuleError)


def staff(request: HttpRequest) -> actors.Actor:
    """Whoever is signed in to the admin, as the core knows them."""
    assert request.user.is_authenticated  # noqa: S101 - the admin lets nobody else in
    return actors.person(request.user, via="admin")


def sentences(refusal: Refusal | ModuleError) -> list[str]:
    """What to tell whoever was refused; one sentence a broken rule."""
    return [text for _, text in complaints(refusal)]


def complaints(refusal: Refusal | ModuleError) -> Iterator[tuple[str, str]]:
    """Each complaint with the field it is about, or with none."""
    errors = getattr(refusal, "errors", [])
    for error in errors:
        yield error.field, error.detail
    if not errors:
        yield "", refusal.detail


class Refusable(forms.ModelForm):  # type: ignore[type-arg]  # of whichever model the page is about
    """A form whose saving may be refused: it comes back with what was said."""

    refusal: Refusal | ModuleError | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal is not None:
            for field, text in complaints(self.refusal):
                self.add_error(self.fields_of(field), text)
        return cleaned

    def fields_of(self, name: str) -> str | None:
        """The form's name of one of the core's fields; None says that the complaint is about the whole."""
        return name if name in self.fields else None


class RefusableForm(Refusable):
    """A form whose values the core judges when they are saved."""

    def _post_clean(self) -> None:
        """Constraints are left to the core, which says in sentences what the model can only name."""
        self.instance.validate_constraints = lambda exclude=None: None
        super()._post_clean()  # type: ignore[misc]  # Django's own, which the stubs leave out


class CarefulAutocomplete(AutocompleteSelect):
    """Django's, except that a value which can be no key is shown as none chosen instead of being looked up."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if self._can_be_key(each)], attr)

    def _can_be_key(self, value: Any) -> bool:
        try:
            self.field.target_field.clean(value, None)
        except ValidationError:
            return not value
        return True


class Careful:
    """For a ModelAdmin or an inline with `autocomplete_fields`."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]  # a ModelAdmin's, into which this is mixed
            kwargs.setdefault("widget", CarefulAutocomplete(db_field, self.admin_site))  # type: ignore[attr-defined]  # a ModelAdmin's, into which this is mixed
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # a ModelAdmin's, into which this is mixed


class PreviewFirst(Exception):
    """Raised while a form is saved: staff want to see first what the change would do."""

    def __init__(self, module: Module, change: partial[Any], reason: str) -> None:
        super().__init__(reason)
        self.module, self.change, self.reason = module, change, reason


SEE_FIRST = gettext_lazy("Nothing is saved yet: it touches bookings. See what it does, then apply it.")


def preview_of(asked: PreviewFirst, actor: actors.Actor) -> ScheduleRevision:
    """What is shown instead of doing it at once."""
    return replanning.preview(asked.module, asked.change, reason=asked.reason, actor=actor, at=timezone.now())


class Answering(ModelAdmin):
    """For a ModelAdmin whose saving may be refused."""

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return self._changeform_or_preview(request, object_id, form_url, extra_context)
        except REFUSALS as refusal:
            measures.refused(refusal.code, "admin")
            request.refusal = refusal  # type: ignore[attr-defined]  # for the answer to this request
            return self._changeform(request, object_id, form_url, extra_context)

    def _changeform_or_preview(self, request: HttpRequest, *args: Any) -> HttpResponse:
        """A preview is made once the form's own transaction is undone: it saves nothing but itself."""
        try:
            return self._changeform(request, *args)
        except PreviewFirst as asked:
            return redirect("revision", preview_of(asked, staff(request)).pk)

    def _changeform(self, *args: Any) -> HttpResponse:
        answer: HttpResponse = super().changeform_view(*args)
        return answer

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form
