"""What an answer bears beside its body: headers that others want in it, and that something will go."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from rest_framework.request import Request


@dataclass(frozen=True, slots=True)
class Deprecation:
    """What will go: since when one should no longer use it, when it goes, and where it says what to use instead.

    Answered as `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link; docs/api/changes.md has the policy.
    """

    since: datetime
    sunset: datetime
    instead: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.sunset, usegmt=True),
            "Link": f'<{self.instead}>; rel="deprecation"; type="text/html"',
        }


def answer_with(request: Request, headers: dict[str, str]) -> None:
    """Whatever comes of `request`, its answer bears these headers."""
    request.answer_headers = {**getattr(request, "answer_headers", {}), **headers}  # type: ignore[attr-defined]  # for the answer to this request
