"""A phase slips, a closure arrives, a rule changes: what it does to bookings, previewed, then applied.

Whoever changes the schedule does it by `preview` and `apply_preview`, or at once by `apply`, with a
`functools.partial` of a verb of `modules.operations`.
"""

from bookings.replanning.elsewhere import nearest_windows
from bookings.replanning.revisions import apply_preview, preview, preview_again, preview_return
from bookings.replanning.schedule import Replanned, Reviewed, apply, recheck, recheck_conditions
from modules.operations import ALL_TIME

__all__ = [
    "ALL_TIME",
    "Replanned",
    "Reviewed",
    "apply",
    "apply_preview",
    "nearest_windows",
    "preview",
    "preview_again",
    "preview_return",
    "recheck",
    "recheck_conditions",
]
