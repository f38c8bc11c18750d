"""How much of what could be booked was, by whom and for what; and how booking went: a report for staff."""

from bookings.utilisation.report import Report, Row, report

__all__ = ["Report", "Row", "report"]
