"""Night, passes, coverage and beta for a span, computed once a source and UTC day, with how far to trust each.

`outlook` is the face: it finds which source answers for which time (`sources`), reads what was computed (`store`) or
computes it (`engine`), and puts it together.
"""

from modules.conditions.outlook import DayPlane, Outlook, Overhead, kept_outlook, outlook
from modules.conditions.sources import Source, Stretch, timeline

__all__ = ["DayPlane", "Outlook", "Overhead", "Source", "Stretch", "kept_outlook", "outlook", "timeline"]
