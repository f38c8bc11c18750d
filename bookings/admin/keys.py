"""Partners' keys: made here, shown once, revoked but never deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from bookings.admin.answering import Careful
from bookings.admin.deeds import Asked, Deed, Deeds, NothingToSay
from bookings.admin.reading import Kept, gmt
from bookings.keys import make_key
from bookings.models import ApiKey, Scope


def _revoke(asked: Asked) -> str:
    key = asked.thing
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=asked.at)
    return f"{key} is revoked."


REVOKE = Deed(
    "Revoke",
    "Whatever uses the key is refused from now on. This cannot be undone.",
    NothingToSay,
    _revoke,
    is_grave=True,
)


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, initial=list(Scope.values), widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    may_make_staff_keys = False

    class Meta:
        model = ApiKey
        fields = ("user", "organisation", "name", "scopes", "expires_at")
        labels = {"expires_at": "Expires at (GMT)"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        user, organisation, expires_at = (cleaned.get(name) for name in ("user", "organisation", "expires_at"))
        if organisation is None and not self.may_make_staff_keys:
            self.add_error("organisation", "Only superusers make keys without an organisation.")
        elif organisation is None and user is not None and not user.is_staff:
            self.add_error("organisation", "Only staff have keys without an organisation.")
        if organisation is not None and user is not None and not organisation.memberships.filter(user=user).exists():
            self.add_error("user", f"{user} is not a member of {organisation}.")
        if expires_at is not None and expires_at <= timezone.now():
            self.add_error("expires_at", "It would have expired already.")
        return cleaned


@admin.register(ApiKey)
class ApiKeyAdmin(Careful, Deeds, Kept, ModelAdmin):
    form = KeyForm
    list_display = ("name", "organisation", "user", "scopes_said", "state", "used", "expires")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("organisation", "user")
    search_fields = ("name", "organisation__name", "user__email")
    autocomplete_fields = ("user", "organisation")
    actions = ("revoke_many",)
    actions_detail = ("revoke_one",)
    fields = readonly_fields = (
        "name", "user", "organisation", "scopes_said", "state", "made", "expires", "revoked", "used",
    )  # fmt: skip
    add_fieldsets = ((None, {"fields": ("user", "organisation", "name", "scopes", "expires_at")}),)

    def about(self, thing: ApiKey) -> str:
        return f"{thing.organisation or 'staff'} · {thing.user} · last used {self.used(thing)}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.may_make_staff_keys = bool(request.user.is_superuser)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            return
        said = form.cleaned_data
        key, request.plaintext = make_key(  # type: ignore[attr-defined]  # shown once, with this request's answer
            user=said["user"],
            organisation=said["organisation"],
            name=said["name"],
            at=timezone.now(),
            scopes=said["scopes"],
            expires_at=said["expires_at"],
        )
        obj.__dict__.update(key.__dict__)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The key itself, in this answer and nowhere else: no message that a cookie or a session would keep."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The new key",
            "opts": self.opts,
            "key": obj,
            "plaintext": request.plaintext,  # type: ignore[attr-defined]  # shown once, with this request's answer
        }
        answer = TemplateResponse(request, "admin/new_key.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    @display(description="scopes")
    def scopes_said(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(description="state", label={"in use": "success", "revoked": "danger", "expired": "warning"})
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "revoked"
        return "expired" if key.expires_at and key.expires_at <= timezone.now() else "in use"

    @display(description="made (GMT)", ordering="created_at")
    def made(self, key: ApiKey) -> str:
        return gmt(key.created_at)

    @display(description="expires (GMT)", ordering="expires_at")
    def expires(self, key: ApiKey) -> str:
        return gmt(key.expires_at)

    @display(description="revoked (GMT)")
    def revoked(self, key: ApiKey) -> str:
        return gmt(key.revoked_at)

    @display(description="last used (GMT)", ordering="last_used_at")
    def used(self, key: ApiKey) -> str:
        return gmt(key.last_used_at) if key.last_used_at else "never"

    @action(description="Revoke", url_path="revoke_one", permissions=["change"], icon="key_off")
    def revoke_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, REVOKE)

    @admin.action(description="Revoke…", permissions=["change"])
    def revoke_many(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse | None:
        return self.many(request, queryset, REVOKE)
