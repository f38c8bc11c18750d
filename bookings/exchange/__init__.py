"""Tables in and out: zones, closures, rates and bookings as CSV, XLSX and JSON, with a dry run row by row."""

from bookings.exchange.bookings import BOOKINGS
from bookings.exchange.closures import CLOSURES
from bookings.exchange.rates import RATES
from bookings.exchange.running import Effect, Outcome, check_right, run
from bookings.exchange.sheet import Sheet
from bookings.exchange.tables import FORMATS, read, write
from bookings.exchange.zones import ZONES

SHEETS: dict[str, Sheet] = {sheet.name: sheet for sheet in (BOOKINGS, CLOSURES, RATES, ZONES)}

__all__ = ["FORMATS", "SHEETS", "Effect", "Outcome", "Sheet", "check_right", "read", "run", "write"]
