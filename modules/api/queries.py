"""Query parameters: each declared with its kind, everything else refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from modules.api.fields import CursorField, QueryInstantField

MOST_ON_A_PAGE = 200
USUAL_PAGE = 50


class Query(serializers.Serializer[Any]):
    """What an address may ask. A parameter that may be repeated is a ListField."""

    @classmethod
    def read(cls, given: QueryDict) -> dict[str, Any]:
        """What was asked, checked; raises ValidationError naming each parameter that is wrong."""
        serializer = cls()
        strange = dict(_strange(serializer, given))
        serializer = cls(data={name: _value(field, given, name) for name, field in _given(serializer, given)})
        wrong = {} if serializer.is_valid() else {name: _said(errors) for name, errors in serializer.errors.items()}
        if strange or wrong:
            raise ValidationError({**wrong, **strange})
        return dict(serializer.validated_data)


def _said(errors: Any) -> list[ErrorDetail]:
    """What is wrong with a parameter, whichever of its values it is."""
    return [error for inner in errors.values() for error in inner] if isinstance(errors, dict) else list(errors)


def _given(serializer: Query, given: QueryDict) -> Iterator[tuple[str, serializers.Field[Any, Any, Any, Any]]]:
    return ((name, field) for name, field in serializer.fields.items() if name in given)


def _value(field: Any, given: QueryDict, name: str) -> Any:
    return given.getlist(name) if isinstance(field, serializers.ListField) else given[name]


def _strange(serializer: Query, given: QueryDict) -> Iterator[tuple[str, list[ErrorDetail]]]:
    for name, values in given.lists():
        if name not in serializer.fields:
            known = ", ".join(serializer.fields) or "none"
            detail = _("There is no parameter “%(name)s” here; there are: %(names)s.") % {
                "name": name[:60],
                "names": known,
            }
            yield name[:200], [ErrorDetail(detail, "unknown_parameter")]
        elif len(values) > 1 and not isinstance(serializer.fields[name], serializers.ListField):
            yield name, [ErrorDetail(_("Say “%(name)s” once.") % {"name": name}, "repeated_parameter")]


class PageQuery(Query):
    """What every list takes."""

    page_size = serializers.IntegerField(
        min_value=1, max_value=MOST_ON_A_PAGE, default=USUAL_PAGE, help_text="How many at once."
    )
    cursor = CursorField(
        max_length=300, required=False, help_text="Where the page begins: from `next` or `previous`, not made by hand."
    )


class SpanQuery(PageQuery):
    """`from` and `to`, either or both: what overlaps the half-open span between them."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["from"] = QueryInstantField(required=False, help_text="What ends after this instant.")
        fields["to"] = QueryInstantField(required=False, help_text="What starts before this instant.")
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["to"] <= attrs["from"]:
            raise ValidationError({"to": [ErrorDetail(_("“to” comes after “from”."), "ends_before_start")]})
        return attrs
