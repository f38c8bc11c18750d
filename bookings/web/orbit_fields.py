"""What is asked of the orbit, as a producer says it: fields for the search, and sentences for what a booking keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bookings.conditions import Conditions, Lighting, parse
from bookings.exceptions import Invalid
from bookings.overflown import light_below, place_asked
from bookings.search import Window
from bookings.web.fields import LengthField
from bookings.wording import number, place_name, tier_name
from modules import durations
from modules.conditions import Overhead
from modules.models import Place
from modules.orbit import Daylight, unix_seconds

LIGHTS = [
    ("", _("any")),
    (Lighting.NIGHT.value, _("unbroken night")),
    (Lighting.DAY.value, _("unbroken day")),
    (Lighting.SUNRISE.value, _("a sunrise in it")),
    (Lighting.SUNSET.value, _("a sunset in it")),
]
MINUTE = timedelta(minutes=1)
LENGTHS = ("lighting_min", "pass_min", "downlink_min")
NAMES = (
    "lighting",
    "lighting_min",
    "place",
    "latitude",
    "longitude",
    "pass_min",
    "min_elevation",
    "downlink_min",
)


class OrbitFields(forms.Form):
    """Light, a pass over a place, unbroken downlink; all may be left out."""

    lighting = forms.ChoiceField(
        label=_("Light outside"),
        choices=LIGHTS,
        required=False,
        help_text=_("The module’s own day and night, 16 of each a day. Of a place below, each pass says which it is."),
    )
    lighting_min = LengthField(
        label=_("Night or day for at least"),
        required=False,
        in_minutes=True,
        help_text=_("As in 40 minutes; 30 if left empty."),
    )
    place = forms.ChoiceField(label=_("Over"), required=False)
    latitude = forms.FloatField(
        label=_("Or over latitude"),
        min_value=-90,
        max_value=90,
        required=False,
        help_text=_("Degrees, south negative."),
    )
    longitude = forms.FloatField(
        label=_("and longitude"), min_value=-180, max_value=180, required=False, help_text=_("Degrees, west negative.")
    )
    pass_min = LengthField(
        label=_("In view for at least"), required=False, in_minutes=True, help_text=_("As in 4 minutes.")
    )
    min_elevation = forms.FloatField(
        label=_("Degrees above its horizon"),
        min_value=0,
        max_value=89,
        required=False,
        help_text=_("10 if left empty."),
    )
    downlink_min = LengthField(
        label=_("Live without a break for"),
        required=False,
        in_minutes=True,
        help_text=_("Unbroken downlink, as in 20 minutes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 - declared above
        named = [(one.slug, place_name(one.name)) for one in Place.objects.all()]
        place.choices = [("", _("anywhere")), *sorted(named, key=lambda choice: choice[1])]

    def orbit_groups(self) -> list[list[forms.BoundField]]:
        """The fields as they belong together."""
        return [[self[name] for name in group] for group in (NAMES[:2], NAMES[2:7], NAMES[7:])]

    def asks_of_the_orbit(self) -> bool:
        return any(self.data.get(name) for name in NAMES)

    def asked_conditions(self, window: timedelta | None = None) -> Conditions:
        """Raises Invalid, naming the fields, where they make no sense together."""
        data = self.cleaned_data
        given = {name: data.get(name) for name in NAMES}
        given |= {name: durations.write(data[name]) for name in LENGTHS if data.get(name)}
        return parse({name: value for name, value in given.items() if value not in (None, "")}, window=window)


class ConditionsField(forms.CharField):
    """The conditions of a search on their way to a booking, hidden: JSON, as the API has it."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 1000, **options})

    def clean(self, value: Any) -> dict[str, Any]:
        text = super().clean(value)
        try:
            given = json.loads(text or "{}")
            if not isinstance(given, dict):
                raise ValueError("no conditions")
            return parse(given).to_json()
        except (ValueError, RecursionError, Invalid) as error:
            unread = gettext("What was asked of the orbit cannot be read.")
            said = error.detail if isinstance(error, Invalid) else unread
            raise forms.ValidationError(said) from error


def sentences(conditions: Mapping[str, Any]) -> Iterator[str]:
    """What a booking asks of the orbit, for people."""
    try:
        asked = parse(conditions)
    except Invalid:
        return
    if asked.lighting != Lighting.ANY:
        yield _light(asked)
    if asked.wants_pass:
        yield _pass(asked)
    if asked.downlink_min:
        yield gettext("live for %(length)s without a break") % {"length": _minutes(asked.downlink_min)}


def _light(asked: Conditions) -> str:
    if asked.lighting_min and asked.lighting in (Lighting.DAY, Lighting.NIGHT):
        is_night = asked.lighting == Lighting.NIGHT
        least = (
            gettext("at least %(length)s of unbroken night")
            if is_night
            else gettext("at least %(length)s of unbroken day")
        )
        return least % {"length": _minutes(asked.lighting_min)}
    return str(dict(LIGHTS)[str(asked.lighting)])


def _pass(asked: Conditions) -> str:
    if asked.pass_min:
        sentence = gettext("over %(place)s for at least %(length)s, %(degrees)s° above the horizon")
    else:
        sentence = gettext("over %(place)s, %(degrees)s° above the horizon")
    length = _minutes(asked.pass_min) if asked.pass_min else ""
    return sentence % {"place": place_asked(asked), "length": length, "degrees": number(asked.min_elevation_degrees)}


def _minutes(length: timedelta) -> str:
    minutes = length.total_seconds() / 60
    return ngettext("%(count)s minute", "%(count)s minutes", round(minutes)) % {"count": number(minutes)}


def given(window: Window, over: Overhead | None = None) -> str:
    """What the orbit gives in a window, and how sure its times are; `over` is where its passes are asked for."""
    said = "; ".join([*_given(window.conditions), *_passes(window.conditions, over)])
    if window.tier == "statistical":
        said = gettext("At least %(given)s") % {"given": said}
    return f"{said}. {_how_sure(window)}"


def _how_sure(window: Window) -> str:
    if window.outlook.is_stand_in:
        return gettext("The clock times are the stand-in's.")
    return _sureness(window.tier, window.uncertainty_seconds)


def _given(conditions: Mapping[str, Any]) -> Iterator[str]:
    for name, sentence, none in (
        ("night_seconds", gettext("%(count)d min night"), gettext("no night")),
        ("day_seconds", gettext("%(count)d min day"), gettext("no daylight")),
    ):
        seconds = conditions.get(name)
        if seconds is not None:
            yield sentence % {"count": round(seconds / 60)} if round(seconds / 60) else none
    if rises := conditions.get("sunrises"):
        yield ngettext("%(count)d sunrise", "%(count)d sunrises", rises) % {"count": rises}
    if sets := conditions.get("sunsets"):
        yield ngettext("%(count)d sunset", "%(count)d sunsets", sets) % {"count": sets}
    covered = conditions.get("downlink_seconds")
    if covered is not None:
        yield gettext("downlink %(count)d min in all") % {"count": round(covered / 60)}


def _passes(conditions: Mapping[str, Any], over: Overhead | None) -> Iterator[str]:
    """Each pass, and whether it is day or night on the ground then: that is not the module's own light."""
    for each in conditions.get("passes") or ():
        aos, culmination, los = (datetime.fromisoformat(each[name]) for name in ("aos", "culmination", "los"))
        sentence = gettext("overhead %(time)s GMT, %(length)s, %(degrees)d° high")
        if over is not None:
            sentence = str(OVERHEAD[light_below(over, unix_seconds(culmination))])
        yield sentence % {
            "time": f"{culmination:%H:%M}",
            "length": _minutes(timedelta(minutes=round((los - aos) / MINUTE))),
            "degrees": round(each["max_elevation_degrees"]),
        }


OVERHEAD = {
    Daylight.DAY: _("overhead %(time)s GMT, %(length)s, %(degrees)d° high, in daylight there"),
    Daylight.TWILIGHT: _("overhead %(time)s GMT, %(length)s, %(degrees)d° high, in twilight there"),
    Daylight.NIGHT: _("overhead %(time)s GMT, %(length)s, %(degrees)d° high, by night there"),
}


def _sureness(tier: str, uncertainty_seconds: float | None) -> str:
    if not tier or tier == "statistical" or uncertainty_seconds is None:
        return gettext("Too far ahead for clock times: it holds wherever in the orbit the window begins.")
    is_short = uncertainty_seconds < 60
    bar = f"{number(uncertainty_seconds)} s" if is_short else f"{number(uncertainty_seconds / 60)} min"
    return gettext("Times are %(tier)s: ± %(bar)s.") % {"tier": tier_name(tier), "bar": bar}
