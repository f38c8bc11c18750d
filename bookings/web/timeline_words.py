"""What the timeline's script says, in the reader's language. `{names}` are filled in by the script."""

from typing import Any

from django.utils.translation import gettext as _


def words() -> dict[str, Any]:
    return {
        "gmt": _("GMT"),
        "now": _("Now"),
        "phases": _("Phases"),
        "crew_day": _("Crew day"),
        "crew": _("The crew is awake"),
        "day_and_night": _("Day, night"),
        "night": _("Orbital night"),
        "over": _("Over {place}"),
        "downlink": _("Downlink"),
        "unknown": _("Not known so far ahead"),
        "seconds": _("{count} seconds"),
        "uncertain": _("Give or take {within}: {tier}"),
        "clock_not_known": _("clock not known"),
        "precise": _("precise"),
        "good": _("good"),
        "indicative": _("indicative"),
        "planned": _("planned"),
        "actual": _("actual"),
        "open": _("open"),
        "days": [_("{count} day"), _("{count} days")],
        "hours": [_("{count} hour"), _("{count} hours")],
        "minutes": [_("{count} minute"), _("{count} minutes")],
        "needs_a_look": _("Needs a look: {reasons}"),
        "free": _("Free. {window}. {length}. Enter asks for a window here."),
        "used": _(
            "{percent} % used: {own} % by bookings you see, {others} % unavailable, {closed} % closed. {window}. "
            "Enter zooms in."
        ),
        "phase": _("{phase}, {certainty}. From {from} to {to} GMT."),
        "showing": _("Showing {window}. {length}."),
        "nothing_here": _("Nothing in this span."),
        "whereabouts": _("{at} GMT: over {latitude}, {longitude}, {altitude} km up, {light}."),
        "whereabouts_asked": _("{at} GMT: being worked out."),
        "whereabouts_unknown": _("{at} GMT: so far from the last known orbit nobody can say where the module will be."),
        "north": _("N"),
        "south": _("S"),
        "east": _("E"),
        "west": _("W"),
        "in_sunlight": _("in sunlight"),
        "in_shadow": _("in the Earth’s shadow"),
        "not_loaded": _("The schedule could not be read just now. What is shown may be out of date."),
    }


def preset_names() -> dict[str, str]:
    return {
        "mission": _("Mission"),
        "year": _("Year"),
        "month": _("Month"),
        "week": _("Week"),
        "day": _("Day"),
        "orbit": _("Orbit"),
    }
