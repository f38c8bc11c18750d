"""Keeping secrets out of logs: what is written is looked through once more, whoever wrote it.

Two nets. A value under a telling name (`password`, `token`, …) is never written. In every other text, whatever looks
like a secret is blanked: keys, bearer tokens, passwords in addresses, the secret of a calendar feed, the token of a
password reset, a verification or an invitation. Tracebacks and other libraries' messages pass through the same nets.
"""

import re
from collections.abc import Mapping
from typing import Any

BLANK = "[redacted]"

_TELLING = re.compile(r"pass(word|wd)?$|secret|token|authorization|cookie|api_?key|private|credential|csrf", re.I)

_PATTERNS = (
    # /calendar/<secret>.ics, but not the public /calendar/modules/<slug>.ics
    re.compile(r"(?P<keep>/calendar/)(?!modules/)[^/\s\"'?]+(?=\.ics)"),
    re.compile(r"(?P<keep>/accounts/password/reset/key/[0-9A-Za-z]+-)(?!set-password)[^/\s\"']+"),
    re.compile(r"(?P<keep>/accounts/confirm-email/)[^/\s\"']+"),
    re.compile(r"(?P<keep>/invitations/)[^/\s\"']+"),
    re.compile(r"(?P<keep>[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)", re.I),
    re.compile(r"(?P<keep>\b(?:bearer|basic)\s+)[^\s\"',;]+", re.I),
    re.compile(r"(?P<keep>\bsee1_)[A-Za-z0-9_-]{16,}"),
    re.compile(r"(?P<keep>\bwhsec_)[A-Za-z0-9+/=_-]+"),
    re.compile(
        r"(?P<keep>\b(?:password\d?|passwd|secret|token|sessionid|csrftoken|csrfmiddlewaretoken|api_?key|authorization)"
        r"[\"']?\s*[=:]\s*[\"']?)(?!(?:bearer|basic)\s)[^\s\"'&,;})]+",
        re.I,
    ),
)


def redacted(text: str) -> str:
    """`text` with whatever looks like a secret blanked."""
    for pattern in _PATTERNS:
        text = pattern.sub(_blank, text)
    return text


def _blank(found: re.Match[str]) -> str:
    return f"{found['keep']}{BLANK}"


def redact(value: Any, name: str = "") -> Any:
    """The same for whatever is logged: what is no plain value is written as text, and looked through as such."""
    if _TELLING.search(name) and value not in (None, ""):
        return BLANK
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): redact(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(inner) for inner in value]
    return redacted(value if isinstance(value, str) else str(value))
