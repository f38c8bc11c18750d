"""The exception handler of the REST framework: every refusal leaves the API as a problem document."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response

from bookings import measures
from see1.problems.document import MEDIA_TYPE
from see1.problems.reading import problem_of


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to `error`; None lets a fault of ours go on, to be logged and answered 500."""
    problem = problem_of(error)
    if problem is None:
        return None
    measures.refused(problem.kind.code, "api")
    return Response(
        problem.document(context["request"].path),
        status=problem.kind.status,
        headers=dict(problem.headers),
        content_type=MEDIA_TYPE,
    )
