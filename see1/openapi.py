"""The OpenAPI document: every endpoint with its parameters, its headers and each refusal that it can answer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from modules.api.endpoint import Endpoint, Listing
from see1 import openapi_fields  # noqa: F401 - the generator finds there how a field is said
from see1.problems.catalogue import KINDS
from see1.problems.document import MEDIA_TYPE

ALWAYS = ("not_authenticated", "authentication_failed", "throttled", "unknown_parameter", "not_acceptable")
READING = ("repeated_parameter", "invalid")
WRITING = (
    "parse_error",
    "invalid",
    "unknown_field",
    "read_only_field",
    "permission_denied",
    "insufficient_scope",
    "csrf_failed",
    "payload_too_large",
    "unsupported_media_type",
)
ONCE = ("invalid_idempotency_key", "idempotency_key_reused", "idempotency_in_flight")

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag one has: 304 where it still is so.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "minLength": 1, "examples": ["*"]},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag that the booking was read with, or `*`.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same key with the same body is answered the same for 24 hours, and done once.",
)
ETAG = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, response=[200, 201], description="The version that was answered."
)


SPARSE = "`fields=id,…` answers only these of its fields, with commas between; what is described here is the whole."

SENTENCE_END = re.compile(r"(?<=[.:;]) |: |; ")

LIMITS = [
    OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, response=True, description=description)
    for name, description in (
        ("RateLimit-Policy", 'The limit of this key: `"key";q=1200;w=60`, so many requests in so many seconds.'),
        ("RateLimit", 'How many are left of it, and for how many seconds: `"key";r=1100;t=42`.'),
    )
]


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Its name, or its path (`zones.0`); `body` for the whole.")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457. `code` is stable; `detail` is a sentence for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.ChoiceField(sorted(KINDS))
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # a field, as the word is in RFC 9457
    alternatives = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="With `slot_taken`: the nearest free windows."
    )


class ApiSchema(AutoSchema):
    """Reads what an `Endpoint` says of itself: `query`, `refusals`, whether it is a list."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return isinstance(self.view, Listing) and self.method == "GET"

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        """`Booking` for what is answered, `BookingRequest` for what is sent."""
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.replace("Representation", "").replace("Body", "")

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular itself has it
        description = str(super().get_description())
        if self._can_be_sparse():
            description += f"\n\n{SPARSE}"
        return description

    def get_summary(self) -> str:
        """The first sentence of the description: what a list of operations is read by."""
        said = " ".join(str(super().get_description()).split("\n\n")[0].split())
        return SENTENCE_END.split(said)[0].rstrip(".")

    def _can_be_sparse(self) -> bool:
        return self.method == "GET" and isinstance(self.view, Endpoint) and "fields" in self.view.query().fields

    def _asked(self, view: Endpoint) -> list[Any]:
        """The query's parameters but `fields`, with which an answer is only a part: no schema can say of what."""
        query = view.query()
        query.fields.pop("fields", None)
        return [query] if query.fields else []

    def is_deprecated(self) -> bool:
        return bool(getattr(self.view, "deprecated", None))

    def get_tags(self) -> list[str]:
        parts = self.path.removeprefix("/api/v1/").split("/")
        return [parts[0]]

    def get_override_parameters(self) -> list[Any]:
        view = self.view
        if not isinstance(view, Endpoint):
            return list(super().get_override_parameters())
        return [*self._own_parameters(view), *LIMITS]

    def _own_parameters(self, view: Endpoint) -> list[Any]:
        if self.method == "GET":
            return [*self._asked(view), IF_NONE_MATCH, ETAG]
        parameters = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        if "version_required" in view.refusals:
            parameters += [IF_MATCH, ETAG]
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if not isinstance(self.view, Endpoint):
            return bodies
        if self.method == "GET":
            bodies["304"] = {"description": "As one has it already."}
        for status, codes in sorted(self._refusals(self.view).items()):
            said = ", ".join(f"`{code}`" for code in codes)
            response = OpenApiResponse(Problem, description=f"{KINDS[codes[0]].title}. {said}")
            bodies[str(status)] = self._get_response_for_code(response, str(status), [MEDIA_TYPE])  # type: ignore[no-untyped-call]  # drf-spectacular is not typed
        return bodies

    def _refusals(self, view: Endpoint) -> dict[int, list[str]]:
        by_status: dict[int, list[str]] = defaultdict(list)
        for code in dict.fromkeys(self._codes(view)):
            by_status[KINDS[code].status].append(code)
        return by_status

    def _codes(self, view: Endpoint) -> Iterable[str]:
        yield from ALWAYS
        if self.method == "GET":
            yield from READING
            yield from (["invalid_cursor"] if isinstance(view, Listing) else [])
            yield from (["not_found"] if "not_found" in view.refusals and "{" in self.path else [])
            yield from (["permission_denied"] if "permission_denied" in view.refusals else [])
            return
        yield from WRITING
        yield from (ONCE if self.method == "POST" else ())
        yield from view.refusals
