"""Which scripts the timeline imports, under which names: the page's import map.

Every module is named there, ours too, so that each can be served under a name with its hash in it and cached for
good. A page has one import map.
"""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static

OWN = (
    *("axes", "bars", "clock", "data", "drawing", "earth", "gestures", "grid", "main", "overlay", "rows", "say"),
    *("snap", "sun", "table", "ticks", "timeline", "toolbar", "track", "use", "view"),
)


def import_map() -> dict[str, dict[str, str]]:
    own = {f"timeline/{name}": f"timeline/{name}.js" for name in OWN}
    return {"imports": {name: static(path) for name, path in (settings.BROWSER_IMPORTS | own).items()}}


def modules_to_preload() -> list[str]:
    """Addresses that the browser may fetch at once, instead of finding them one import after the other."""
    return sorted(import_map()["imports"].values())
