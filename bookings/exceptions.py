"""What the core can refuse. HTTP is not known here: `see1.problems` gives each its status.

Refusal                  code, a sentence, and where it fits the field it is about
├── RuleBroken           outside_phase, crosses_phase, activity_not_allowed, zone_not_equipped, closed, too_short,
│                        too_long, lead_time, crew_limit, power_limit, downlink_limit, in_the_past,
│                        conditions_not_met
├── Invalid              what was asked makes no sense: the fields, each with its own code
├── SlotTaken            others have the time; `alternatives` names the nearest free windows
├── HoldRanksFull        three holds already wait there
├── OverCapacity         together with others, more than the module has
├── InvalidTransition    not from this state
├── FeeChanged           cancelling costs more than was agreed to
├── NotPriced            no rate card says what it costs
├── StaleVersion         changed since it was read
├── StalePreview         something changed since the preview: what would happen is not what was shown
├── LastOwner            an organisation would be left without an owner
├── NotAllowed           not by this actor
└── NotFound             not there, or somebody else's
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    field: str
    code: str
    detail: str


class Refusal(Exception):
    """Nothing was done. `errors` names the fields, `extra` what else helps to do it right."""

    code = "refused"

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = (), **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.extra = extra


class RuleBroken(Refusal):
    """One or more flight rules are broken: the code is the first one's, `errors` has them all."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(errors[0].detail, errors=errors)
        self.code = errors[0].code


class Invalid(Refusal):
    code = "invalid"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(" ".join(error.detail for error in errors), errors=errors)


class SlotTaken(Refusal):
    code = "slot_taken"


class HoldRanksFull(Refusal):
    code = "hold_ranks_full"


class OverCapacity(Refusal):
    code = "over_capacity"


class InvalidTransition(Refusal):
    code = "invalid_transition"


class FeeChanged(Refusal):
    """Cancelling costs more than whoever cancels agreed to; `extra` has what it costs now."""

    code = "fee_changed"


class NotPriced(Refusal):
    code = "not_priced"


class StaleVersion(Refusal):
    code = "stale_version"


class StalePreview(Refusal):
    code = "stale_preview"


class LastOwner(Refusal):
    code = "last_owner"


class NotAllowed(Refusal):
    code = "permission_denied"


class NotFound(Refusal):
    code = "not_found"
