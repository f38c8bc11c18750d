"""A phase slips, a closure arrives, a rule changes: what it does to bookings, previewed, then applied.

Whoever changes the schedule does it by `preview` and `apply_preview`, or at once by `apply`, with a
`functools.partial` of a verb of `modules.operations`. Bookings that no longer fit are offered other windows by `plan`
and `offer`; their producers `accept` or `decline`.
"""

from bookings.replanning.answering import accept, decline, lapse_due, withdraw
from bookings.replanning.elsewhere import REACHES, nearest_windows
from bookings.replanning.rebooking import MOST, SHORTEST, in_turn, offer, plan, seeking
from bookings.replanning.revisions import apply_preview, preview, preview_again, preview_return
from bookings.replanning.schedule import Replanned, Reviewed, apply, recheck, recheck_conditions
from modules.operations import ALL_TIME

__all__ = [
    "ALL_TIME",
    "MOST",
    "REACHES",
    "SHORTEST",
    "Replanned",
    "Reviewed",
    "accept",
    "apply",
    "apply_preview",
    "decline",
    "in_turn",
    "lapse_due",
    "nearest_windows",
    "offer",
    "plan",
    "preview",
    "preview_again",
    "preview_return",
    "recheck",
    "recheck_conditions",
    "seeking",
    "withdraw",
]
