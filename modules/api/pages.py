"""Pages by cursor: a page begins after a row, not at a number, so rows that come meanwhile shift nothing.

The cursor holds the sort values of the row next to which the page begins, and the direction. A view names its
`ordering`: ascending columns of its own table, the last of them unique.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as FieldInvalid
from django.db.models import Model, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param


@dataclass(frozen=True, slots=True)
class Cursor:
    """Beside which row a page lies: its sort values, and whether the page comes before it."""

    values: tuple[str, ...]
    before: bool = False

    def __str__(self) -> str:
        content = json.dumps([int(self.before), *self.values], separators=(",", ":"))
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Raises ValueError for what is no cursor."""
        try:
            before, *values = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        except (binascii.Error, UnicodeError, TypeError, RecursionError) as error:
            raise ValueError("no cursor") from error
        if before not in (0, 1) or not all(isinstance(value, str) for value in values):
            raise ValueError("no cursor")
        return cls(tuple(values), bool(before))


def refuse_cursor() -> ValidationError:
    detail = _("This is no cursor of this list. Begin again without one, then follow “next”.")
    return ValidationError({"cursor": [ErrorDetail(detail, "invalid_cursor")]})


def link(request: Request, cursor: Cursor | None) -> str | None:
    """The address of the page that `cursor` begins."""
    if cursor is None:
        return None
    return replace_query_param(remove_query_param(request.build_absolute_uri(), "cursor"), "cursor", str(cursor))


class CursorPages(BasePagination):
    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self._request = request
        size, text = view.asked["page_size"], view.asked.get("cursor")
        ordering: Sequence[str] = view.ordering
        cursor = None
        try:
            if text:
                cursor = Cursor.read(text)
                queryset = queryset.filter(_beyond(queryset.model, ordering, cursor))
        except (ValueError, FieldInvalid):
            raise refuse_cursor() from None
        backwards = cursor is not None and cursor.before
        order = [f"-{name}" for name in ordering] if backwards else ordering
        rows = list(queryset.order_by(*order)[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        if backwards:
            rows.reverse()
        self._next = _at(rows, -1, ordering) if (more or backwards) else None
        self._previous = _at(rows, 0, ordering) if (more if backwards else cursor) else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": link(self._request, self._next),
                "previous": link(self._request, self._previous),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }


def _at(rows: list[Model], place: int, ordering: Sequence[str]) -> Cursor | None:
    if not rows:
        return None
    values = (getattr(rows[place], name) for name in ordering)
    written = tuple(value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values)
    return Cursor(written, before=place == 0)


def _beyond(model: type[Model], ordering: Sequence[str], cursor: Cursor) -> Q:
    """Rows past the cursor: the first column beyond, or equal and the second beyond, and so on."""
    if len(cursor.values) != len(ordering):
        raise ValueError("a cursor of another list")
    side = "lt" if cursor.before else "gt"
    values = [_value(model, name, text) for name, text in zip(ordering, cursor.values, strict=True)]
    past, equal = Q(), Q()
    for name, value in zip(ordering, values, strict=True):
        past |= equal & Q(**{f"{name}__{side}": value})
        equal &= Q(**{name: value})
    # Said once more in a form that an index on the first column can use.
    return Q(**{f"{ordering[0]}__{side}e": values[0]}) & past


def _value(model: type[Model], name: str, text: str) -> Any:
    field: Any = model._meta.get_field(name)
    if "\x00" in text or len(text) > 200:
        raise ValueError("no cursor")
    if field.get_internal_type() == "DateTimeField":
        instant = parse_datetime(text)
        if instant is None or instant.tzinfo is None:
            raise ValueError("no cursor")
        return instant
    value = field.to_python(text)
    field.run_validators(value)
    return value
