"""The OpenAPI document is valid, whole, and says what each endpoint can refuse."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.validation import validate_schema

from modules.api.endpoint import Endpoint
from see1.problems.catalogue import KINDS


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    response = Client().get("/api/v1/schema/")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.content)
    return found


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_openapi_3_1_and_valid(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)


def endpoints(resolver: Any = None, prefix: str = "/") -> dict[str, type[Endpoint]]:
    """Every address of the API with its view, from the routes themselves."""
    found: dict[str, type[Endpoint]] = {}
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= endpoints(entry, path)
        elif isinstance(entry, URLPattern) and issubclass(getattr(entry.callback, "cls", object), Endpoint):
            found[re.sub(r"<\w+:(\w+)>", r"{\1}", path)] = entry.callback.cls
    return found


def test_every_endpoint_is_described(schema: dict[str, Any]) -> None:
    there = {
        f"{method.upper()} {path}"
        for path, view in endpoints().items()
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(view, method)
    }
    assert there == operations(schema).keys()
    assert len({operation["operationId"] for operation in operations(schema).values()}) == len(there)


def test_every_code_that_is_said_is_in_the_catalogue(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema).items():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                codes = re.findall(r"`(\w+)`", response["description"])
                assert codes, (name, status)
                assert {KINDS[code].status for code in codes} == {int(status)}
                assert list(response["content"]) == ["application/problem+json"]


@pytest.mark.parametrize(
    ("operation", "codes"),
    [
        (
            "POST /api/v1/bookings/",
            {"slot_taken", "hold_ranks_full", "over_capacity", "lead_time", "conditions_not_met"},
        ),
        ("PATCH /api/v1/bookings/{booking_id}/", {"stale_version", "version_required", "slot_taken", "not_found"}),
        ("POST /api/v1/bookings/{booking_id}/challenge/", {"invalid_transition", "idempotency_in_flight"}),
        ("GET /api/v1/bookings/", {"not_authenticated", "throttled", "invalid_cursor"}),
    ],
)
def test_what_an_endpoint_can_refuse(schema: dict[str, Any], operation: str, codes: set[str]) -> None:
    said = " ".join(response["description"] for response in operations(schema)[operation]["responses"].values())
    assert codes <= set(re.findall(r"`(\w+)`", said))


def test_the_docs_are_ours_alone(client: Client) -> None:
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)
    assert not re.search(r"<script(?![^>]* src=)", text), "no script in the page itself: the content policy holds"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    script = client.get(re.findall(r'src="([^"]+script=[^"]*)"', text)[0])
    assert script.headers["Content-Type"].startswith("application/javascript")


def test_yaml_for_whoever_asks() -> None:
    response = Client().get("/api/v1/schema/", headers={"Accept": "application/yaml"})
    assert response.content.startswith(b"openapi: 3.1.0")


def test_each_operation_has_a_summary_of_one_line(schema: dict[str, Any]) -> None:
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            assert 3 < len(operation["summary"]) < 120, f"{method} {path}: {operation.get('summary')}"
            assert "\n" not in operation["summary"]
