"""schemathesis over the whole document, as each kind of caller: every check of its own, no failure, nothing of 500.

One check is sharper here than theirs. A request that fits its JSON Schema may still break a rule that no schema can say
(a window that ends before it starts, a zone that there is not, a time that is closed); theirs wants every such request
accepted, or tells nothing apart. Ours wants it accepted, or refused for one of just those reasons.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from bookings.api.bookings import RULES
from see1.wsgi import application
from tests.callers import Callers

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("SEE1_SCHEMA_EXAMPLES", "2"))
"""For each operation and caller; a long run takes a hundred."""

schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)
schema.config.phases.coverage.enabled = EXAMPLES > 10
schema.config.phases.examples.enabled = True


BEYOND_A_SCHEMA = {
    *RULES,
    "ends_before_start",
    "unknown_module",
    "unknown_zone",
    "unknown_place",
    "unknown_time_zone",
    "not_an_address",
    "already_member",
    "too_many",
    "span_too_long",
    "invalid_cursor",
    "not_priced",
    "not_applicable",
    "not_both",
    "place_required",
    "longer_than_window",
    "duplicate",
    "out_of_range",  # of instants: a schema cannot bound a date
}
"""Codes, of the whole or of a field, that tell of the world or of two fields together."""
BEYOND_BY_FIELD = {(field, "required") for field in ("place", "organisation", "latitude", "longitude")}


@schemathesis.check
def refused_only_beyond_the_schema(ctx: Any, response: Any, case: Any) -> None:
    if response.status_code != 400 or not case.meta.generation.mode.is_positive:
        return
    for error in response.json()["errors"]:
        is_inside_a_text = error["field"].startswith("query.")  # of a saved search: its query is one text to the schema
        by_field = (error["field"].rpartition(".")[2], error["code"]) in BEYOND_BY_FIELD
        assert is_inside_a_text or by_field or error["code"] in BEYOND_A_SCHEMA, error


THEIRS = [schemathesis.checks.CHECKS.get_one("positive_data_acceptance")]


@pytest.mark.parametrize("who", ["anonymous", "ours", "theirs", "readonly", "staff"])
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_what_it_says(case: schemathesis.Case, who: str, api: Callers) -> None:
    case.call_and_validate(headers=getattr(api, who).headers, excluded_checks=THEIRS)
