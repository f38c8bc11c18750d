"""People, their organisations and productions, and what groups of staff may do."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from bookings.accounts import vouch_for_address
from bookings.admin.answering import Careful
from bookings.admin.memberships import KeepsMembers, MembershipFormSet
from bookings.admin.reading import Audited, Kept, TellingInline, link
from bookings.models import Membership, Organisation, Production, User

admin.site.unregister(Group)
admin.site.unregister(EmailAddress)  # goes with the account, which staff vouch for
admin.site.unregister(Authenticator)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


@admin.register(Group)
class GroupAdmin(Audited, BaseGroupAdmin, ModelAdmin):
    """Groups of staff; a permission is Django's own, by model. Superusers set them, others look."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)


class LowerMail:
    """A mail address is the same whatever its capitals, so it is compared as it is kept."""

    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.strip().lower()


class NewUserForm(LowerMail, UserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


class ChangedUserForm(LowerMail, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class MembershipOfUser(Careful, TabularInline):
    model = Membership
    formset = MembershipFormSet
    extra = 0
    hide_title = True
    autocomplete_fields = ("organisation",)


@admin.register(User)
class UserAdmin(KeepsMembers, Audited, BaseUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    form, add_form, change_password_form = ChangedUserForm, NewUserForm, AdminPasswordChangeForm
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    inlines = (MembershipOfUser,)
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("last_login", "date_joined")
    may = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Name", {"fields": (("first_name", "last_name"),)}),
        ("May", {"fields": may, "classes": ("tab",)}),
        ("Record", {"fields": ("last_login", "date_joined"), "classes": ("tab",)}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Staff answer for the address that they write down."""
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            vouch_for_address(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may do what is for superusers to say: nobody else hands out more than they have."""
        return self.readonly_fields if _is_superuser(request) else (*self.readonly_fields, *self.may)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever could set a superuser's password would be one."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (_is_superuser(request) or not (isinstance(obj, User) and obj.is_superuser))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever acted stands in histories: people are made inactive."""
        return False


@admin.register(Authenticator)
class SecondFactorAdmin(ModelAdmin):
    """To take off what somebody has lost; nobody else adds or changes them."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account is in superusers' hands alone."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (_is_superuser(request) or not (isinstance(obj, Authenticator) and obj.user.is_superuser))

    def get_actions(self, request: HttpRequest) -> Any:
        """One at a time: each is somebody's door."""
        return {}


class MembershipOfOrganisation(Careful, TabularInline):
    model = Membership
    formset = MembershipFormSet
    extra = 0
    hide_title = True
    autocomplete_fields = ("user",)


class ProductionInline(TellingInline):
    model = Production
    hide_title = True
    fields = ("named", "activity", "confidential")
    readonly_fields = fields

    @display(description="title")
    def named(self, production: Production) -> SafeString | str:
        return link(production)


@admin.register(Organisation)
class OrganisationAdmin(KeepsMembers, Kept, ModelAdmin):
    list_display = ("name", "time_zone", "members_count", "productions_count")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "time_zone", "language")
    inlines = (MembershipOfOrganisation, ProductionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        counts = {
            "member_count": Count("memberships", distinct=True),
            "production_count": Count("productions", distinct=True),
        }
        return super().get_queryset(request).annotate(**counts)  # type: ignore[no-any-return]  # the admin's base classes are not typed

    @display(description="members", ordering="member_count")
    def members_count(self, organisation: Any) -> int:
        return int(organisation.member_count)

    @display(description="productions", ordering="production_count")
    def productions_count(self, organisation: Any) -> int:
        return int(organisation.production_count)


@admin.register(Production)
class ProductionAdmin(Careful, Kept, ModelAdmin):
    list_display = ("title", "organisation", "activity", "confidential", "created_at")
    list_filter = ("activity", "confidential")
    list_select_related = ("organisation",)
    search_fields = ("title", "organisation__name")
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "title", "activity", "confidential")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Its bookings belong to the organisation too, so it does not change hands."""
        return ("organisation",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)
