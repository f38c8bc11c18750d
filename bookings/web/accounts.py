"""The log-in page, and one's own account; the rest of the way in is django-allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.account import views
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.demo.people import PASSWORD as DEMO_PASSWORD
from bookings.models import User
from bookings.models.accounts import NO_ADDRESS, ONE_LINE
from bookings.web.context import is_demo
from bookings.web.reader import reader_of

DEMO_LOG_INS = (
    ("producer@demo.see1.example", _("a producer")),
    ("rival@demo.see1.example", _("another organisation's producer")),
    ("staff@demo.see1.example", _("SEE-1 staff")),
)


class PasswordResetForm(account_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Mail address")
        plain(self)


class NewAddressForm(account_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New mail address")
        plain(self)


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""
        plain(self)


class SetPasswordForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self)


class PasswordAgainForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        plain(self)


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    first_name = forms.CharField(
        label=_("First name"), max_length=150, required=False, validators=[ONE_LINE, NO_ADDRESS]
    )
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False, validators=[ONE_LINE, NO_ADDRESS])

    class Meta:
        model = User
        fields = ("first_name", "last_name")


class LogInForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        )
        self.fields["password"].help_text = ""
        plain(self)
        self.order_fields(["login", "password"])


def plain(form: forms.Form) -> None:
    """Labels stand above the fields, so nothing needs to be repeated inside them; what a password needs in one line."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    if "password1" in form.fields:
        form.fields["password1"].help_text = _("At least 8 characters, not only digits, and none that everybody uses.")


class LogIn(views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo = {"demo_log_ins": DEMO_LOG_INS, "demo_password": DEMO_PASSWORD} if is_demo() else {}
        return super().get_context_data(**kwargs) | demo  # type: ignore[no-any-return]  # allauth is not typed


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who one is, and the ways in."""
    user = reader_of(request).user
    form = NameForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Your name is saved."))
        return redirect("account")
    return render(request, "account/account.html", {"form": form}, status=400 if form.errors else 200)
