"""A demo with people, productions and a schedule around today: every page has something to show.

Everything is done by the application's own verbs at instants of the past, so histories, ranks, prices and mails are
what they would be. Never where DEBUG is off: its log-ins and keys are known to everybody.
"""

from bookings.demo.loading import DemoRefused, load_demo

__all__ = ["DemoRefused", "load_demo"]
