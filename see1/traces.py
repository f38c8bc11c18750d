"""OpenTelemetry traces, where `TRACES_URL` says whom to send them to; else nothing is loaded, and nothing costs.

A trace follows a call through its SQL to the task that it starts and the mail that goes out. Its spans bear the request
id that the log bears, so either leads to the other. The packages are optional: `requirements/tracing.txt`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SERVICE = "see1-bookings"
REQUEST_ID = "see1.request_id"


def start() -> None:
    """Trace from now on, if a collector is named. Raises ImproperlyConfigured where the packages are missing."""
    if not settings.TRACES_URL:
        return
    try:
        _start(settings.TRACES_URL)
    except ModuleNotFoundError as missing:
        raise ImproperlyConfigured(
            f"TRACES_URL is set, but {missing.name} is missing: pip install -r requirements/tracing.txt"
        ) from missing


def _start(url: str) -> None:
    # By name, because the packages may not be there: an import at the top would make them necessary for everybody.
    sdk = import_module("opentelemetry.sdk.trace")
    resources = import_module("opentelemetry.sdk.resources")
    export = import_module("opentelemetry.sdk.trace.export")
    exporter = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter").OTLPSpanExporter(endpoint=url)
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": SERVICE}))
    provider.add_span_processor(_with_request_id(sdk.SpanProcessor)())
    provider.add_span_processor(export.BatchSpanProcessor(exporter))
    import_module("opentelemetry.trace").set_tracer_provider(provider)
    for module, instrumentor, options in (
        ("django", "DjangoInstrumentor", {"response_hook": _name_request}),
        ("celery", "CeleryInstrumentor", {}),
        ("psycopg2", "Psycopg2Instrumentor", {"skip_dep_check": True}),  # ours comes as psycopg2-binary
    ):
        found = getattr(import_module(f"opentelemetry.instrumentation.{module}"), instrumentor)
        found().instrument(tracer_provider=provider, **options)


def _with_request_id(base: Any) -> Any:
    """A processor that gives every span the request id that is bound when it begins."""

    class RequestIds(base):  # type: ignore[misc]  # a class that is only known once the package is
        def on_start(self, span: Any, parent_context: Any = None) -> None:
            if bound := structlog.contextvars.get_contextvars().get("request_id"):
                span.set_attribute(REQUEST_ID, bound)

    return RequestIds


def _name_request(span: Any, request: Any, response: Any) -> None:
    """The span of the whole request begins before its id is known."""
    if span.is_recording() and (request_id := getattr(request, "request_id", "")):
        span.set_attribute(REQUEST_ID, request_id)
