"""What is asked of the orbit, as a producer says it: fields for the search, and sentences for what a booking keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.conditions import Conditions, Lighting, parse
from bookings.exceptions import Invalid
from bookings.search import Window
from bookings.web.fields import LengthField
from modules import durations
from modules.models import Place

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

    lighting = forms.ChoiceField(label=_("Light outside"), choices=LIGHTS, required=False)
    lighting_min = LengthField(
        label=_("Night or day for at least"), required=False, help_text=_("As in 40 minutes; 30 if left empty.")
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
    pass_min = LengthField(label=_("In view for at least"), required=False, help_text=_("As in 4 minutes."))
    min_elevation = forms.FloatField(
        label=_("Degrees above its horizon"),
        min_value=0,
        max_value=89,
        required=False,
        help_text=_("10 if left empty."),
    )
    downlink_min = LengthField(
        label=_("Live without a break for"), required=False, help_text=_("Unbroken downlink, as in 20 minutes.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 - declared above
        place.choices = [("", _("anywhere")), *Place.objects.order_by("name").values_list("slug", "name")]

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
            said = error.detail if isinstance(error, Invalid) else "What was asked of the orbit cannot be read."
            raise forms.ValidationError(said) from error


def sentences(conditions: Mapping[str, Any]) -> Iterator[str]:
    """What a booking asks of the orbit, for people."""
    try:
        asked = parse(conditions)
    except Invalid:
        return
    if asked.lighting in (Lighting.DAY, Lighting.NIGHT):
        light = "night" if asked.lighting == Lighting.NIGHT else "day"
        least = asked.lighting_min
        yield f"at least {_minutes(least)} of unbroken {light}" if least else f"unbroken {light}"
    elif asked.lighting != Lighting.ANY:
        yield f"a {asked.lighting} in it"
    if asked.wants_pass:
        yield _pass(asked)
    if asked.downlink_min:
        yield f"live for {_minutes(asked.downlink_min)} without a break"


def _pass(asked: Conditions) -> str:
    place = Place.objects.filter(slug=asked.place).first() if asked.place else None
    over = place.name if place else asked.place or f"{asked.latitude:g}°, {asked.longitude:g}°"
    length = f" for at least {_minutes(asked.pass_min)}" if asked.pass_min else ""
    return f"over {over}{length}, {asked.min_elevation_degrees:g}° above the horizon"


def _minutes(length: timedelta) -> str:
    minutes = length.total_seconds() / 60
    return f"{minutes:g} minute{'' if minutes == 1 else 's'}"


def given(window: Window) -> str:
    """What the orbit gives in a window, and how sure its times are."""
    return "; ".join(_given(window.conditions)) + f". {_sureness(window.tier, window.uncertainty_seconds)}"


def _given(conditions: Mapping[str, Any]) -> Iterator[str]:
    for name in ("night", "day"):
        seconds = conditions.get(f"{name}_seconds")
        if seconds is not None:
            yield f"{round(seconds / 60)} min {name}"
    for name in ("sunrises", "sunsets"):
        number = conditions.get(name)
        if number:
            yield f"{number} {name if number > 1 else name[:-1]}"
    for each in conditions.get("passes") or ():
        seen = datetime.fromisoformat(each["los"]) - datetime.fromisoformat(each["aos"])
        top, minutes = round(each["max_elevation_degrees"]), timedelta(minutes=round(seen / MINUTE))
        yield f"overhead {each['culmination'][11:16]} GMT, {_minutes(minutes)}, {top}° high"
    covered = conditions.get("downlink_seconds")
    if covered is not None:
        yield f"downlink {round(covered / 60)} min in all"


def _sureness(tier: str, uncertainty_seconds: float | None) -> str:
    if not tier or tier == "statistical" or uncertainty_seconds is None:
        return "Too far ahead for clock times: it holds wherever in the orbit the window begins."
    bar = f"{uncertainty_seconds:g} s" if uncertainty_seconds < 60 else f"{uncertainty_seconds / 60:g} min"
    return f"Times are {tier}: ± {bar}."
