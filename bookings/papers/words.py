"""What a price and its terms say to their reader. A price is kept in English, as it was quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import wording
from bookings.models.rates import Rate
from bookings.pricing import TAX, phase_word
from modules.models import PhaseKind


def price_line(line: Mapping[str, Any]) -> str:
    """What a line of a price is for. A price is kept as it was quoted, in English; this says it to its reader."""
    said = {
        Rate.Per.CREW_HOUR: _("Crew on set"),
        Rate.Per.POWER_KWH: _("Power"),
        Rate.Per.DOWNLINK_MBPS_HOUR: _("Downlink"),
        Rate.Per.MEDIA_RETURN_KG: _("Media return"),
        TAX: _tax(str(line["description"])),
        Rate.Per.BOOKING: _("Booking"),
    }
    if line["code"] in said:
        return said[line["code"]]
    zone, *rest = str(line["description"]).rsplit(", ", 2)
    phases = {phase_word(kind): str(kind.label) for kind in PhaseKind}
    return ", ".join([zone, *(phases.get(word) or wording.activity_name(word) for word in rest)])


def _tax(description: str) -> str:
    """As its card names it, and what it is a share of."""
    found = re.fullmatch(r"(?P<tax>.+), (?P<percent>[0-9.]+) % of (?P<net>[0-9,.]+)", description)
    if found is None:
        return description
    net = wording.money(found["net"].replace(",", ""), "")
    return _("%(tax)s, %(percent)s %% of %(net)s") % {
        "tax": found["tax"],
        "percent": wording.number(Decimal(found["percent"])),
        "net": net,
    }


def price_quantity(line: Mapping[str, Any]) -> str:
    """`2 hours`, `1 booking`, `4.5 kWh`"""
    quantity = Decimal(str(line["quantity"]))
    if line["unit"] == "hour":
        return wording.duration(timedelta(hours=float(quantity)))
    n = 1 if quantity == 1 else 2
    unit = {
        "crew hour": ngettext("crew hour", "crew hours", n),
        "Mbit/s hour": ngettext("Mbit/s hour", "Mbit/s hours", n),
        "booking": ngettext("booking", "bookings", n),
        "tax": _("tax"),
    }.get(line["unit"], line["unit"])
    return f"{wording.number(round(quantity, 2))} {unit}"
