"""What the API can refuse beside the core's refusals: it has to do with how a request is made.

Refusal
├── VersionRequired          no If-Match on what changes a booking
├── InvalidIdempotencyKey    an Idempotency-Key that is none
├── IdempotencyKeyReused     the same key with another request
└── IdempotencyInFlight      the same key while its first request is being answered
"""

from __future__ import annotations

from bookings.exceptions import FieldError, Refusal


class VersionRequired(Refusal):
    code = "version_required"


class InvalidIdempotencyKey(Refusal):
    code = "invalid_idempotency_key"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=[FieldError("Idempotency-Key", self.code, detail)])


class IdempotencyKeyReused(Refusal):
    code = "idempotency_key_reused"


class IdempotencyInFlight(Refusal):
    code = "idempotency_in_flight"
