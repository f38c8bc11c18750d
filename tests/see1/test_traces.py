"""Traces: sent to a collector where one is named, with the log's request id in them; else nothing of them is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from see1.embedded.discovery import PROJECT_DIR

REQUEST_ID = "a-call-to-be-traced"
ASK = f"""
import django
django.setup()
from django.test import Client
answer = Client(headers={{"X-Request-ID": "{REQUEST_ID}"}}).get("/readyz/", headers={{"host": "localhost"}})
from opentelemetry import trace
trace.get_tracer_provider().shutdown()
"""


class Collector:
    """Keeps every span that it is sent."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sent = ExportTraceServiceRequest.FromString(body)
                for resource in sent.resource_spans:
                    for scope in resource.scope_spans:
                        outer.spans.extend(scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "see1.settings.test"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_DIR,
        env=os.environ | settings | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_call_is_followed_into_its_sql(collector: Collector) -> None:
    done = run(ASK, TRACES_URL=collector.url, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="")
    assert done.returncode == 0, done.stderr
    by_id = {span.span_id: span for span in collector.spans}
    sql = [span for span in collector.spans if span.name.startswith("SELECT")]
    assert sql, [span.name for span in collector.spans]
    parents = {by_id[span.parent_span_id].name for span in sql if span.parent_span_id}
    assert any("readyz" in name for name in parents)
    named = [span for span in collector.spans if "readyz" in span.name]
    assert {kv.value.string_value for span in named for kv in span.attributes if kv.key == "see1.request_id"} == {
        REQUEST_ID
    }


def test_nothing_is_loaded_by_default() -> None:
    loads = "import sys, django; django.setup(); print('opentelemetry.sdk.trace' in sys.modules)"
    assert run(loads).stdout.strip() == "False"


def test_a_missing_package_is_one_sentence() -> None:
    hidden = "import sys, django; sys.modules['opentelemetry.sdk'] = None; django.setup()"
    done = run(hidden, TRACES_URL="http://127.0.0.1:1/v1/traces")
    assert done.returncode != 0
    assert "pip install -r requirements/tracing.txt" in done.stderr
