"""A problem document of RFC 9457, and the response that carries one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from bookings.exceptions import FieldError
from see1.problems.catalogue import KINDS, Kind

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, this time."""

    kind: Kind
    detail: str
    errors: Sequence[FieldError] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, path: str) -> dict[str, Any]:
        said: dict[str, Any] = {
            "type": type_of(self.kind),
            "title": str(self.kind.title),
            "status": self.kind.status,
            "detail": self.detail,
            "instance": escape_uri_path(path),
            "code": self.kind.code,
        }
        if self.errors or self.kind.status == 400:
            said["errors"] = [{"field": e.field, "code": e.code, "detail": e.detail} for e in self.errors]
        return {**said, **self.extra}


def type_of(kind: Kind) -> str:
    """The stable address that says what this kind of problem is."""
    return f"{settings.PUBLIC_URL}{reverse('api-problems')}#{kind.code}"


def plain_response(problem: Problem, path: str) -> HttpResponse:
    """The answer where the framework's own machinery is not there to render one."""
    body = json.dumps(problem.document(path), cls=DjangoJSONEncoder)
    return HttpResponse(
        body, content_type=MEDIA_TYPE, status=problem.kind.status, headers=dict(problem.headers) or None
    )


def simple(code: str, detail: str) -> Problem:
    return Problem(KINDS[code], detail)
