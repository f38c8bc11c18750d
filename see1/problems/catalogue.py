"""Every code that a refusal can have, and the HTTP status that it is answered with: the one place that knows both.

A code that is not here is one field's error inside an `invalid` one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: what RFC 9457 calls its type, title and status."""

    code: str
    status: int
    title: Promise


_KINDS = (
    # What was sent cannot be read or makes no sense.
    Kind("bad_request", 400, _("The request cannot be understood")),
    Kind("parse_error", 400, _("The body is not JSON")),
    Kind("invalid", 400, _("What was asked makes no sense")),
    Kind("unknown_field", 400, _("The body has a field that is not known here")),
    Kind("read_only_field", 400, _("The body has a field that only SEE-1 writes")),
    Kind("unknown_parameter", 400, _("The address has a parameter that is not known here")),
    Kind("repeated_parameter", 400, _("A parameter is said more than once")),
    Kind("duplicate", 400, _("A list has something twice")),
    Kind("naive_time", 400, _("A time has no offset")),
    Kind("not_whole_minute", 400, _("A window starts and ends on whole minutes")),
    Kind("ends_before_start", 400, _("It ends before it starts")),
    Kind("unknown_zone", 400, _("The module has no such zone")),
    Kind("unknown_module", 400, _("There is no such module")),
    Kind("invalid_cursor", 400, _("The cursor is not one of this list")),
    Kind("invalid_idempotency_key", 400, _("The Idempotency-Key is not one")),
    Kind("not_available_yet", 400, _("This cannot be asked for yet")),
    # Flight rules.
    Kind("outside_phase", 400, _("The module does not fly then")),
    Kind("crosses_phase", 400, _("The window crosses from one mission phase into another")),
    Kind("activity_not_allowed", 400, _("The flight rules do not allow the activity")),
    Kind("zone_not_equipped", 400, _("The zone is not equipped for the activity")),
    Kind("closed", 400, _("The module or zone is closed then")),
    Kind("too_short", 400, _("The window is too short")),
    Kind("too_long", 400, _("The window is too long")),
    Kind("lead_time", 400, _("The window starts too soon")),
    Kind("crew_limit", 400, _("More crew than there is")),
    Kind("power_limit", 400, _("More power than there is")),
    Kind("downlink_limit", 400, _("More downlink than there is")),
    Kind("in_the_past", 400, _("The window is past")),
    Kind("conditions_not_met", 400, _("The orbit does not give what is asked of it")),
    # Who asks.
    Kind("not_authenticated", 401, _("Say who you are")),
    Kind("authentication_failed", 401, _("The key is not valid")),
    Kind("permission_denied", 403, _("Not yours to do")),
    Kind("insufficient_scope", 403, _("The key's scopes do not allow this")),
    Kind("csrf_failed", 403, _("The CSRF token is missing or wrong")),
    Kind("not_found", 404, _("Not there, or somebody else's")),
    # How it is asked.
    Kind("method_not_allowed", 405, _("The method is not allowed here")),
    Kind("not_acceptable", 406, _("It cannot be had in that form")),
    Kind("stale_version", 412, _("It has changed since you read it")),
    Kind("payload_too_large", 413, _("The body is too large")),
    Kind("unsupported_media_type", 415, _("The body is not declared to be JSON")),
    Kind("idempotency_key_reused", 422, _("The Idempotency-Key was used for something else")),
    Kind("version_required", 428, _("Say which version you read")),
    Kind("throttled", 429, _("Too many requests")),
    # What the state of things does not allow.
    Kind("slot_taken", 409, _("The time is taken")),
    Kind("fee_changed", 409, _("Cancelling costs more than was agreed to")),
    Kind("hold_ranks_full", 409, _("No more holds can wait there")),
    Kind("over_capacity", 409, _("More than the module has, together with others")),
    Kind("invalid_transition", 409, _("Not possible from this state")),
    Kind("not_priced", 409, _("Nothing says what it costs")),
    Kind("last_owner", 409, _("An organisation needs an owner")),
    Kind("idempotency_in_flight", 409, _("The same request is being answered")),
    Kind("stale_preview", 409, _("Something changed since the preview")),
    Kind("schedule_conflict", 409, _("The schedule does not allow this")),
    Kind("import_refused", 400, _("The file cannot be taken")),
    # Ours.
    Kind("internal_error", 500, _("Something went wrong here")),
    Kind("unavailable", 503, _("Not available at the moment")),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in _KINDS}

BY_STATUS: dict[int, str] = {
    400: "bad_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "throttled",
    503: "unavailable",
}


def kind_of(code: str, status: int = 400) -> Kind:
    """The kind that `code` names; for a code we do not know, the usual one of `status`."""
    return KINDS.get(code) or KINDS[BY_STATUS.get(status, "bad_request" if status < 500 else "internal_error")]
