"""A place that is asked to be flown over: what people call it, and the light that lies on it then."""

from __future__ import annotations

import numpy as np

from bookings.conditions import Conditions
from bookings.wording import number, place_name
from modules.conditions import Overhead
from modules.models import Place
from modules.orbit import Daylight, daylight_at
from modules.orbit import Place as Spot


def place_asked(asked: Conditions) -> str:
    """`Rome`, or where no place is named `41.9°, 12.5°`"""
    place = Place.objects.filter(slug=asked.place).first() if asked.place else None
    named = place_name(place.name) if place else asked.place
    return named or f"{number(asked.latitude or 0)}°, {number(asked.longitude or 0)}°"


def light_below(over: Overhead, at_s: float) -> Daylight:
    """The light at the place when it is passed over."""
    (light,) = daylight_at(Spot(over.latitude, over.longitude), np.array([at_s]))
    return light
