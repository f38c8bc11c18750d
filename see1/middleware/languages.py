"""The language that a request is answered in.

Pages: what the account says, else what the browser was told by the switch in the header, else what it asks for.
The API asks the header `Accept-Language` alone, so that a program gets the same words whoever it runs for; codes are
never translated. The admin speaks English.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from see1.languages import language_asked

API = "/api/"


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self._get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", language)
        return response


def language_of(request: HttpRequest) -> str:
    if request.path_info.startswith(API):
        return language_asked(request)
    if request.path_info.startswith(reverse("admin:index")):
        return settings.LANGUAGE_CODE
    chosen = getattr(request.user, "language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)
