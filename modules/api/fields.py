"""Fields that mean what they say: a number is a number and no text, an instant has an offset.

Serializer fields of the framework forgive (`"5"` is a number, `"yes"` is true); a partner's mistake is then found
out late. These refuse, so that what the OpenAPI document says of a body is all that is taken.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from modules import durations
from modules.instants import Unreadable, read_instant, write_instant

DURATION_ASKED = {
    "type": "string",
    # Of ISO 8601 what has one length: no months or years. And not nothing.
    "pattern": "^P([1-9][0-9]{0,2}D|([1-9][0-9]?D)?T([1-9][0-9]{0,2}H([1-9][0-9]{0,3}M)?|[1-9][0-9]{0,4}M))$",
    "examples": ["PT90M"],
}
DURATION_SAID = {"type": "string", "format": "duration", "examples": ["PT90M"]}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SLUG = "[-a-zA-Z0-9_]+"
AMOUNT = r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?"
LARGEST_AMOUNT = 10**12
BINARY_NOISE = 1e-9
SPACE_FOR_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$")


class InstantField(serializers.Field[datetime, str, str, Any]):
    """An instant with its offset."""

    default_error_messages = {"not_a_string": gettext_lazy("Write an instant as a text: 2027-03-04T10:00:00Z.")}

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str):
            self.fail("not_a_string")
        try:
            return read_instant(data)
        except Unreadable as error:
            raise serializers.ValidationError(error.detail, code=error.code) from None

    def to_representation(self, value: datetime) -> str:
        return write_instant(value)


class QueryInstantField(InstantField):
    """An instant in an address, where an unescaped `+01:00` arrives as a blank."""

    def to_internal_value(self, data: Any) -> datetime:
        return super().to_internal_value(SPACE_FOR_PLUS.sub(r"\1+\2", data))


@extend_schema_field(DURATION_ASKED)
class DurationText(serializers.CharField):
    """A duration in an address, read further in."""


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]{1,2}(\.[0-9]{1,6})?$", "examples": ["41.9"]})
class DegreesText(serializers.CharField):
    """Degrees in an address, read further in."""


@extend_schema_field({"type": "string", "pattern": r"^[0-8]?[0-9](\.[0-9]{1,6})?$", "examples": ["10"]})
class ElevationText(serializers.CharField):
    """Degrees above the horizon in an address, read further in."""


@extend_schema_field({"type": "string", "pattern": "^[-A-Za-z0-9_]+$", "maxLength": 300})
class CursorField(serializers.CharField):
    """Where a page begins."""


class DurationField(serializers.Field[timedelta, str, str, Any]):
    default_error_messages = {"not_a_string": gettext_lazy("Write a duration as a text: PT90M.")}

    def to_internal_value(self, data: Any) -> timedelta:
        if not isinstance(data, str):
            self.fail("not_a_string")
        try:
            return durations.parse(data.strip())
        except ValueError as error:
            raise serializers.ValidationError(str(error), code="invalid") from None

    def to_representation(self, value: timedelta) -> str:
        return durations.write(value)


class TextField(serializers.CharField):
    """A text, and nothing that could be made into one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class LineField(TextField):
    """A text of one line: what goes into subjects, calendars and lists."""

    default_error_messages = {"control_characters": gettext_lazy("Write it in one line, without control characters.")}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if CONTROL.search(text):
            self.fail("control_characters")
        return text


class SlugField(TextField):
    """The short name of a thing, as addresses have it."""

    default_error_messages = {
        "invalid_slug": gettext_lazy("A short name has letters, digits, hyphens and underscores.")
    }

    def to_internal_value(self, data: Any) -> str:
        slug = super().to_internal_value(data)
        if not re.fullmatch(SLUG, slug):
            self.fail("invalid_slug")
        return slug


class WholeNumberField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data != int(data):
            self.fail("invalid")
        return int(data)


class QuantityField(serializers.DecimalField):
    """A decimal quantity: answered as a number, taken as a number or, for whoever must not round, as a text."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        if isinstance(data, str) and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", data):
            self.fail("invalid")
        if isinstance(data, float) and (near := round(data, self.decimal_places or 0)):
            data = near if abs(data - near) < BINARY_NOISE else data  # 0.1 + 0.2 is meant as 0.3
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        return None if value is None else float(value)


class AmountField(serializers.Field[Decimal, str | float, str, Any]):
    """Money: answered as a text, for a number in JSON may have been through binary; taken as a text or a number."""

    default_error_messages = {"invalid": gettext_lazy('This is no amount. Write it as "12500.00".')}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        text = data if isinstance(data, str) else _to_the_cent(data)
        if not re.fullmatch(AMOUNT, text):
            self.fail("invalid")
        return Decimal(text)

    def to_representation(self, value: Decimal) -> str:
        return f"{value:.2f}"


def _to_the_cent(number: float) -> str:
    """As a text: `12500.00` for what is whole cents but for binary's noise, else all its digits."""
    if isinstance(number, int):
        return str(number) if abs(number) < LARGEST_AMOUNT else ""
    near = round(number, 2) + 0.0  # there is no less than nothing, not even in binary
    return f"{near:.2f}" if math.isclose(number, near, rel_tol=1e-15, abs_tol=BINARY_NOISE) else repr(number)


@extend_schema_field({"type": "number", "minimum": 0, "exclusiveMaximum": 1_000_000, "multipleOf": 0.01})
class QuantityText(serializers.DecimalField):
    """A decimal quantity in an address."""


class FlagField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class OneOfField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": gettext_lazy("There is no such choice; there are: {choices}.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(str(choice) for choice in self.choices))
        return data


class IdField(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value="")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "examples": ["06:00"]})
class ClockField(serializers.TimeField):
    """A time of every day, GMT, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class DistinctListField(serializers.ListField):
    """A list that says everything once."""

    default_error_messages = {"duplicate": gettext_lazy("“{item}” is there more than once. Name each once.")}

    def to_internal_value(self, data: Any) -> list[Any]:
        values = super().to_internal_value(data)
        for place, value in enumerate(values):
            if value in values[:place]:
                self.fail("duplicate", item=value)
        return values
