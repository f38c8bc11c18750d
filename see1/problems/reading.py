"""From an exception to a problem: the core's refusals, and what the frameworks raise by themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions as drf

from bookings.exceptions import FieldError, Refusal
from modules.exceptions import ModuleError
from see1.problems.catalogue import KINDS, kind_of
from see1.problems.document import Problem, simple

WHOLE_BODY = "body"
NOT_THERE = gettext_lazy("There is nothing here, or it is somebody else's.")


def problem_of(error: Exception) -> Problem | None:
    """The problem that `error` stands for; None where it is a fault of ours."""
    match error:
        case Refusal():
            return _invalid(error.errors, error.extra, error.code, error.detail)
        case drf.ValidationError():
            return _invalid(list(_flat(error.detail)), {}, "invalid", "")
        case drf.APIException():
            return _framework(error)
        case ModuleError():
            return simple(error.code if error.code in KINDS else "invalid", error.detail)
        case Http404():
            return simple("not_found", str(NOT_THERE))
        case PermissionDenied():
            return simple("permission_denied", _("You may not do this."))
        case RequestDataTooBig():
            return simple("payload_too_large", _("The body is larger than 1 MiB."))
        case SuspiciousOperation() | UnreadablePostError():
            return simple("bad_request", _("The request could not be read to its end."))
    return None


def _invalid(errors: list[FieldError], extra: dict[str, Any], code: str, detail: str) -> Problem:
    """One code for all where every field has the same one that is worth a name; else that of the refusal."""
    codes = {error.code for error in errors}
    if code == "invalid" and len(codes) == 1 and codes <= KINDS.keys():
        code = codes.pop()
    return Problem(kind_of(code), detail or " ".join(dict.fromkeys(_sentences(errors))), errors, extra)


def _sentences(errors: list[FieldError]) -> Iterator[str]:
    for error in errors:
        yield error.detail if error.field == WHOLE_BODY else f"{error.field}: {error.detail}"


def _flat(detail: Any, name: str = "") -> Iterator[FieldError]:
    """The framework's nested errors, each with its path: `zones.0`."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            own = key != "non_field_errors"
            yield from _flat(inner, ".".join(filter(None, [name, str(key) if own else ""])))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, name)
    else:
        yield FieldError(name or WHOLE_BODY, getattr(detail, "code", None) or "invalid", str(detail))


def _framework(error: drf.APIException) -> Problem:
    code = error.get_codes()
    kind = kind_of(code if isinstance(code, str) else error.default_code, error.status_code)
    headers, detail = {}, str(error.detail)
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, drf.Throttled):
        seconds = max(1, math.ceil(getattr(error, "wait", None) or 1))
        headers["Retry-After"] = str(seconds)
        detail = _("That was more than your key may ask. Try again in %(seconds)d s.") % {"seconds": seconds}
    if isinstance(error, drf.NotFound):
        detail = str(NOT_THERE)
    errors = [FieldError(WHOLE_BODY, kind.code, detail)] if kind.status == 400 else []
    return Problem(kind, detail, errors, headers=headers)
