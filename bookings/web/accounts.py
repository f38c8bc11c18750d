"""Signing in by mail address, and getting back in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.urls import reverse_lazy

from bookings.demo.people import PASSWORD as DEMO_PASSWORD
from bookings.web.context import is_demo

DEMO_LOG_INS = (
    ("producer@demo.see1.example", "a producer"),
    ("rival@demo.see1.example", "another organisation's producer"),
    ("staff@demo.see1.example", "SEE-1 staff"),
)


class LogInForm(AuthenticationForm):
    username = forms.EmailField(
        label="Mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": "That mail address and password do not go together. Check both; capitals count in the "
        "password. If you have lost it, set a new one below.",
        "inactive": "This account is closed. Ask your organisation's owner.",
    }


class LogIn(views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo = {"demo_log_ins": DEMO_LOG_INS, "demo_password": DEMO_PASSWORD} if is_demo() else {}
        return super().get_context_data(**kwargs) | demo


class LogOut(views.LogoutView):
    next_page = "login"


class ResetPassword(views.PasswordResetView):
    template_name = "accounts/password_reset.html"
    email_template_name = "accounts/password_reset_mail.txt"
    subject_template_name = "accounts/password_reset_subject.txt"
    form_class = PasswordResetForm
    success_url = reverse_lazy("password_reset_done")


class ResetPasswordDone(views.PasswordResetDoneView):
    template_name = "accounts/password_reset_done.html"


class SetPassword(views.PasswordResetConfirmView):
    template_name = "accounts/password_set.html"
    success_url = reverse_lazy("password_reset_complete")


class SetPasswordDone(views.PasswordResetCompleteView):
    template_name = "accounts/password_set_done.html"
