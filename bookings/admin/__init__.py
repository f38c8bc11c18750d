"""The staff's face: every page parses, calls the core, and answers. Nothing here decides."""

from django.contrib import admin

from bookings.admin import (
    accounts,
    audit,
    bookings,
    closures,
    elements,
    keys,
    messages,
    modules,
    phases,
    rates,
    trajectory,
)

__all__ = [
    "accounts",
    "audit",
    "bookings",
    "closures",
    "elements",
    "keys",
    "messages",
    "modules",
    "phases",
    "rates",
    "trajectory",
]

admin.site.index_title = "Board"
