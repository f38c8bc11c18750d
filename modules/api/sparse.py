"""Only what one asks for: `fields` names what is answered, `expand` adds what is only named by its id otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from modules.api.queries import Query

LONGEST = 400


class NamesField(serializers.CharField):
    """Names with commas between, each once."""

    def __init__(self, known: Sequence[str] = (), **options: Any) -> None:
        self.known = list(known)
        super().__init__(**{"max_length": LONGEST, "required": False, **options})

    def to_internal_value(self, data: Any) -> Any:
        names = [name.strip() for name in super().to_internal_value(data).split(",")]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            detail = _("“%(name)s” is named twice.") % {"name": min(twice)[:60]}
            raise ValidationError([ErrorDetail(detail, "duplicate")])
        return names


def sparse(query: type[Query], representation: type[serializers.Serializer[Any]], *, expand: Iterable[str] = ()) -> Any:
    """`query` with `fields`, any of those of `representation`, and with `expand` where there is something to expand."""
    can_be = {"fields": sorted(representation().fields), "expand": sorted(expand)}
    said = {
        "fields": "Only these, with commas between: " + ", ".join(can_be["fields"]) + ".",
        "expand": "Put these into `expanded`, with commas between: " + ", ".join(can_be["expand"]) + ".",
    }

    class Sparse(query):  # type: ignore[misc, valid-type]  # a query made from another one
        def get_fields(self) -> dict[str, Any]:
            added = {name: NamesField(known, help_text=said[name]) for name, known in can_be.items() if known}
            return {**super().get_fields(), **added}

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            for name, known in can_be.items():
                _check(name, attrs.get(name, []), known)
            checked: dict[str, Any] = super().validate(attrs)
            return checked

    Sparse.__name__ = Sparse.__qualname__ = f"Sparse{query.__name__}"
    return Sparse


def _check(parameter: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            detail = _("There is no “%(name)s” to name here; there are: %(names)s.") % {
                "name": name[:60],
                "names": ", ".join(known),
            }
            raise ValidationError({parameter: [ErrorDetail(detail, "unknown_name")]})


def keep_only(serializer: Any, names: Collection[str] | None) -> None:
    """Drop from a serializer, or from that of a list's rows, what was not asked for."""
    if names is None:
        return
    fields = getattr(serializer, "child", serializer).fields
    for name in set(fields) - set(names):
        fields.pop(name)
