"""How each kind of field, body and key is said in the OpenAPI document; found by the generator once it is imported."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from rest_framework import serializers

from bookings.api.representations import ConditionsRepresentation
from modules.api.fields import AMOUNT, DURATION_ASKED, DURATION_SAID, LARGEST_AMOUNT, SLUG, LineField, SlugField


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    target_class = "bookings.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A partner's key, with the scopes read and book."}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    target_class = "bookings.api.authentication.BrowserAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "The browser's session and CSRF."}


class QuantitySchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    target_class = "modules.api.fields.QuantityField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        field = self.target
        number: dict[str, Any] = {"type": "number", "examples": [3.5]}
        if direction == "response":
            return number
        whole = field.max_digits - field.decimal_places
        number |= {"minimum": 0, "exclusiveMaximum": 10**whole, "multipleOf": 10**-field.decimal_places}
        pattern = rf"^[0-9]{{1,{whole}}}(\.[0-9]{{1,{field.decimal_places}}})?$"
        return {"oneOf": [number, {"type": "string", "pattern": pattern}], "default": 0}


class AmountSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    target_class = "modules.api.fields.AmountField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        text = {"type": "string", "pattern": f"^{AMOUNT}$", "examples": ["12500.00"]}
        if direction == "response":
            return text
        number = {"type": "number", "minimum": 0, "exclusiveMaximum": LARGEST_AMOUNT, "multipleOf": 0.01}
        return {"oneOf": [text, number]}


class InstantSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    """An instant; where an interval is written, the examples of its two ends make one."""

    target_class = "modules.api.fields.InstantField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        hour = 12 if self.target.field_name in ("to", "ends_at") else 10
        return {"type": "string", "format": "date-time", "examples": [f"2027-03-04T{hour}:00:00Z"]}


class TextSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    """A text that is not blank where it may not be."""

    target_class = "modules.api.fields.TextField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        field = self.target
        schema: dict[str, Any] = {"type": "string", "maxLength": field.max_length}
        if isinstance(field, SlugField):
            return {**schema, "minLength": 1, "pattern": f"^{SLUG}$"}
        if isinstance(field, LineField):
            sign = r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]"
            return {**schema, "minLength": 1, "pattern": rf"^{sign}*[^\s\u0000-\u001f\u007f-\u009f]{sign}*$"}
        if field.allow_blank:
            return {**schema, "pattern": r"^[^\u0000]*$"}
        return {**schema, "minLength": 1, "pattern": r"^[^\u0000]*\S[^\u0000]*$"}


class BodySchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    """What a body does not know, it refuses: so says the document too."""

    target_class = "modules.api.bodies.Body"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        body = self.target() if isinstance(self.target, type) else self.target
        for name, field in body.fields.items():
            if isinstance(field, serializers.ListSerializer):  # whose length the generator passes over
                bounds = {"minItems": vars(field)["min_length"] or 0, "maxItems": vars(field)["max_length"]}
                schema["properties"][name] |= bounds
        return {**schema, "additionalProperties": False}


class ConditionsSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    target_class = "bookings.api.bodies.ConditionsField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Any:
        schema = auto_schema._map_serializer(ConditionsRepresentation, direction)
        return {**schema, "additionalProperties": False}


class DurationSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    """What is taken has one length and is not nothing; what is said is any duration."""

    target_class = "modules.api.fields.DurationField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return dict(DURATION_ASKED if direction == "request" else DURATION_SAID)


class DegreesSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    target_class = "modules.api.orbit_queries.DegreesField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "number", "minimum": self.target.low, "maximum": self.target.high}


class NamesSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    """A list in one text, with commas between."""

    target_class = "modules.api.sparse.NamesField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        one = "|".join(self.target.known)
        return {"type": "string", "pattern": f"^({one})(,({one}))*$", "examples": [self.target.known[0]]}


class AddressSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
    target_class = "bookings.api.webhooks.AddressField"
    priority = 1  # before that of any text

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        host = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
        pattern = rf"^https://{host}(/[-A-Za-z0-9_.]*)*$"
        return {"type": "string", "maxLength": 500, "pattern": pattern, "examples": ["https://you.example/hooks"]}
