"""A list of the admin that is asked for what the database cannot look for leads to the whole list.

Django does so with what it can tell by itself. A NUL it sends on, which no text in PostgreSQL holds; and that a regular
expression is broken, or a text stands where a list is kept, only PostgreSQL can tell. What is marked for an action is
looked for as it comes, though no key may look so.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import Field
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from psycopg2.errorcodes import CLASS_DATA_EXCEPTION, UNDEFINED_FUNCTION

from see1.middleware.body_limit import ADMIN


class LookUpMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _is_asking(request) and "%00" in request.META.get("QUERY_STRING", ""):
            return _whole_list(request)
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        admin = getattr(view, "model_admin", None)
        if admin is None or request.method != "POST":
            return None
        marked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        return None if all(_may_be(admin.model._meta.pk, key) for key in marked) else _whole_list(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        code = str(getattr(exception.__cause__, "pgcode", None))
        is_odd = code.startswith(CLASS_DATA_EXCEPTION) or code == UNDEFINED_FUNCTION
        if _is_asking(request) and isinstance(exception, DatabaseError) and is_odd:
            return _whole_list(request)
        return None


def _is_asking(request: HttpRequest) -> bool:
    return request.method == "GET" and request.path_info.startswith(ADMIN) and ERROR_FLAG not in request.GET


def _may_be(key: Field[object, object], text: str) -> bool:
    try:
        key.to_python(text)
    except (ValidationError, ValueError):
        return False
    return "\x00" not in text


def _whole_list(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
