"""How the admin looks and where its menu leads."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

Item = dict[str, Any]


def _item(title: str, icon: str, model: str) -> Item:
    """One line of the menu; shown to whoever may look at the model."""
    app, name = model.split(".")

    def permission(request: Any) -> bool:
        return bool(request.user.has_perm(f"{app}.view_{name}"))

    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": permission,
    }


def _stylesheet(request: Any) -> str:
    return static("admin/see1.css")


def _script(request: Any) -> str:
    return static("admin/see1.js")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "SEE-1 Bookings",
    "SITE_HEADER": "SEE-1 Bookings",
    "SITE_SYMBOL": "orbit",
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "bookings.admin.board.board",
    "STYLES": [_stylesheet],
    "SCRIPTS": [_script],
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% .014 231)",
            "100": "oklch(94% .03 231)",
            "200": "oklch(88.8% .06 231)",
            "300": "oklch(81% .1 232)",
            "400": "oklch(73% .13 234)",
            "500": "oklch(63% .14 238)",
            "600": "oklch(51% .13 241)",
            "700": "oklch(45% .115 242)",
            "800": "oklch(39.5% .095 242)",
            "900": "oklch(35% .075 243)",
            "950": "oklch(26% .055 245)",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "items": [{"title": "Board", "icon": "dashboard", "link": reverse_lazy("admin:index")}],
            },
            {
                "title": "Bookings",
                "separator": True,
                "items": [
                    _item("Bookings", "event_available", "bookings.booking"),
                    _item("Productions", "movie", "bookings.production"),
                    _item("Organisations", "apartment", "bookings.organisation"),
                    _item("Rate cards", "payments", "bookings.ratecard"),
                    {**_item("Utilisation", "bar_chart", "bookings.booking"), "link": reverse_lazy("utilisation")},
                    {**_item("Import and export", "swap_vert", "bookings.booking"), "link": reverse_lazy("exchange")},
                ],
            },
            {
                "title": "Schedule",
                "separator": True,
                "items": [
                    {**_item("Revisions", "history", "bookings.booking"), "link": reverse_lazy("revision_list")},
                    {**_item("Re-booking", "event_repeat", "bookings.booking"), "link": reverse_lazy("rebooking_list")},
                    _item("Closures", "event_busy", "modules.closure"),
                    _item("Trajectory events", "route", "modules.trajectoryevent"),
                    _item("Ephemerides", "satellite_alt", "modules.ephemerisfile"),
                    _item("Orbit elements", "orbit", "modules.orbitelements"),
                    _item("Phases", "timeline", "modules.phase"),
                    _item("Flight rules", "rule", "modules.flightrules"),
                ],
            },
            {
                "title": "Foundation",
                "separator": True,
                "collapsible": True,
                "items": [
                    _item("Modules", "orbit", "modules.module"),
                    _item("Zones", "grid_view", "modules.zone"),
                    _item("Closure margins", "swap_horiz", "modules.closuremargin"),
                    _item("Places", "location_on", "modules.place"),
                    _item("Downlink providers", "cell_tower", "modules.downlinkprovider"),
                    _item("Element feeds", "rss_feed", "modules.elementfeed"),
                ],
            },
            {
                "title": "Access and messages",
                "separator": True,
                "collapsible": True,
                "items": [
                    _item("People", "person", "bookings.user"),
                    _item("Groups", "group", "auth.group"),
                    _item("Audit", "history", "bookings.auditentry"),
                    _item("API keys", "key", "bookings.apikey"),
                    _item("Mails", "mail", "bookings.mail"),
                    _item("Webhooks", "webhook", "bookings.webhookendpoint"),
                    _item("Webhook deliveries", "outbox", "bookings.webhookdelivery"),
                ],
            },
        ],
    },
}
