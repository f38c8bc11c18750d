"""Addresses of one's account: allauth's views, each in one transaction, so that no mail is promised for half a deed."""

from allauth.account.urls import urlpatterns as account_patterns
from allauth.mfa.urls import urlpatterns as second_factor_patterns
from django.db import transaction
from django.urls import URLPattern, URLResolver, path

from bookings.web import accounts, sign_up


def _whole(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    return [
        URLResolver(one.pattern, _whole(one.url_patterns))
        if isinstance(one, URLResolver)
        else URLPattern(one.pattern, transaction.atomic(one.callback), one.default_args, one.name)
        for one in patterns
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", accounts.account, name="account"),
    path("login/", transaction.atomic(accounts.LogIn.as_view()), name="account_login"),
    path("signup/", transaction.atomic(sign_up.SignUp.as_view()), name="account_signup"),
    *_whole(account_patterns),
    path("second-factors/", (_whole(second_factor_patterns), None, None)),
]
