"""A phase slips, a closure arrives, a rule changes: what it does to bookings.

Whoever changes the schedule does it by `apply`, with a verb of `modules.operations`.
"""

from bookings.replanning.schedule import Replanned, Reviewed, apply, recheck, recheck_conditions
from modules.operations import ALL_TIME

__all__ = ["ALL_TIME", "Replanned", "Reviewed", "apply", "recheck", "recheck_conditions"]
