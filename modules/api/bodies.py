"""Request bodies: read strictly, refused by name."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import IO, Any, Self

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import Serializer

MOST_NESTED = 32


class StrictJsonParser(BaseParser):
    """JSON as RFC 8259 has it, in UTF-8: no NaN, no number beyond a double, no name said twice, no text that cannot
    be stored (a NUL, half of a surrogate pair), no nesting beyond all need."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        content = stream.read()
        if len(content) < _length_said(parser_context):
            raise ParseError(_("The body ended before the length that it was said to have."))
        try:
            body = json.loads(
                content.decode("utf-8-sig"),
                parse_constant=_no_constant,
                parse_float=_finite,
                object_pairs_hook=_names_once,
            )
        except RecursionError:
            raise ParseError(_("The body is nested more than %(most)s deep.") % {"most": MOST_NESTED}) from None
        except ValueError as error:
            raise ParseError(_("The body is not JSON: %(reason)s") % {"reason": _reason(error)}) from None
        for text in _texts(body):
            _storable(text)
        return body


def _length_said(context: Mapping[str, Any] | None) -> int:
    request = (context or {}).get("request")
    return int(request.META.get("CONTENT_LENGTH") or 0) if request is not None else 0


def _reason(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return _("it is not UTF-8 at byte %(place)s.") % {"place": error.start}
    return f"{error}."[:200]


def _no_constant(name: str) -> Any:
    raise ValueError(_("%(name)s is no JSON number") % {"name": name})


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(_("a number is too large"))
    return number


def _names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) < len(pairs):
        raise ValueError(_("a name is said twice in one object"))
    return body


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > MOST_NESTED:
        raise ParseError(_("The body is nested more than %(most)s deep.") % {"most": MOST_NESTED})
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, depth + 1)


_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def _storable(text: str) -> None:
    if _UNSTORABLE.search(text):
        raise ParseError(_("A text in the body holds a NUL or half of a surrogate pair."))


class Body(Serializer[Any]):
    """A body: fields it does not know, and those that only we write, are refused by name.

    `only_ours` names what answers show and requests may not say.
    """

    only_ours: frozenset[str] = frozenset()

    @classmethod
    def read(cls, data: Any, *, partial: bool = False) -> Self:
        """A valid body; raises ValidationError.

        One body of each kind, with its fields, looks at all that come: making the fields takes longer than looking. It
        keeps nothing of what it has seen. What it refuses is looked at again by a body of its own, which words that.
        """
        body: Any = cls(data=data, partial=partial)
        try:
            body._validated_data = _looking(cls, partial).run_validation(data)
            body._errors = {}
        except ValidationError:
            body.is_valid(raise_exception=True)
        return body  # type: ignore[no-any-return]  # rest framework's is not typed

    def to_internal_value(self, data: Any) -> Any:
        strange = dict(self._strange(data)) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**strange, **error.detail}) from None  # type: ignore[dict-item]  # its detail is of fields here
        if strange:
            raise ValidationError(strange)
        return values

    def _strange(self, data: Mapping[str, Any]) -> Iterator[tuple[str, list[ErrorDetail]]]:
        for name in data:
            if name in self.fields:
                continue
            shown = name if len(name) <= 60 else name[:60] + "…"
            if name in self.only_ours:
                yield (
                    name,
                    [ErrorDetail(_("“%(field)s” is ours to say; leave it out.") % {"field": shown}, "read_only_field")],
                )
            else:
                known = ", ".join(self.fields) or _("none at all")
                detail = _("There is no field “%(field)s” here; there are: %(fields)s.") % {
                    "field": shown,
                    "fields": known,
                }
                yield name[:200], [ErrorDetail(detail, "unknown_field")]


@cache
def _looking(kind: type[Body], partial: bool) -> Body:
    return kind(partial=partial)


class EmptyBody(Body):
    """A body that says nothing: leave it out, or send `{}`."""
