"""Long ahead: what the plane of the orbit tells once the place in it is lost.

Elements carried on by SGP4 for months fall out of the sky, since SGP4 knows drag but no reboosts. The real
orbit is held at its height, and its plane goes on turning about the Earth's axis at the rate that the
flattening gives it. So the height is frozen here, the node turned at SGP4's own secular rate, and asked
only what does not need a clock: beta, how long the night of an orbit is, how many orbits and so sunrises a
day has, and in which seasons there is no night. What is not known is the height to come: five kilometres
change the node's rate by a quarter of a percent. That error is stated with every value: the node is turned
so far both ways, and for the night the height changed by as much as it varies within a revolution.
"""

import math
from dataclasses import dataclass

import numpy as np

from modules.orbit.beta import angle_from_plane_degrees
from modules.orbit.elements import ElementSet
from modules.orbit.shadow import clearance_km
from modules.orbit.sun import sun_teme_km
from modules.orbit.times import DAY_S, Floats

NODE_ERROR_DEGREES = 0.1
NODE_ERROR_DEGREES_PER_DAY = 0.02
"""Enough for a height that differs by 7 km all the time. In 91 days of 317 real sets, several reboosts among
them, the node strayed from the first set's forecast by no more than 0.004° a day."""

HEIGHT_ERROR_KM = 12.0
LIMIT_ERROR_DEGREES = 0.3
"""The real orbit is no circle: it rises and falls so far within a revolution, which moves the limit of nights."""

POINTS_AN_ORBIT = 180
NODE_SHIFTS = np.array([0.0, -1.0, -0.5, 0.5, 1.0])


@dataclass(frozen=True)
class NominalOrbit:
    """An orbit to stand in until real elements exist; the defaults are the ISS's, which SEE-1 is to share."""

    inclination_degrees: float = 51.64
    mean_motion_rev_day: float = 15.50
    eccentricity: float = 0.0005
    raan_degrees: float = 0.0
    argument_of_perigee_degrees: float = 0.0
    mean_anomaly_degrees: float = 0.0


def nominal_elements(orbit: NominalOrbit, epoch_s: float, name: str = "SEE-1 (nominal)") -> ElementSet:
    """An element set of that orbit, without drag and marked as nominal."""
    return ElementSet(name=name, norad_id=0, object_id="", epoch_s=epoch_s, bstar=0.0, nominal=True, **vars(orbit))


@dataclass(frozen=True, eq=False)
class PlaneForecast:
    """What is known at each time: arrays (n,).

    `night_seconds` is the length of the orbit's night, 0 where it has none; `least` and `most` are its bounds
    within the errors of node and height, `beta_error_degrees` the error of beta. `orbits_per_day` is one number:
    from node to node, and so from sunrise to sunrise, as often as there is a night.
    """

    times_s: Floats
    beta_degrees: Floats
    beta_error_degrees: Floats
    night_seconds: Floats
    night_seconds_least: Floats
    night_seconds_most: Floats
    orbits_per_day: float

    @property
    def sunrises_per_day(self) -> Floats:
        """As many as orbits where each has a night, else none."""
        return np.where(self.night_seconds > 0, self.orbits_per_day, 0.0)


@dataclass(frozen=True)
class Season:
    """A span without orbital night; each end may be off by `error_days`."""

    starts_s: float
    ends_s: float
    error_days: float


def plane_forecast(elements: ElementSet, unix_s: Floats) -> PlaneForecast:
    """The plane at each time, with its error by the time's distance from the epoch."""
    node_error, sun_km = node_error_degrees(elements, unix_s), sun_teme_km(unix_s)
    planes = [_Plane.at(elements, unix_s, shift * node_error) for shift in NODE_SHIFTS]
    betas = np.stack([angle_from_plane_degrees(plane.pole, sun_km) for plane in planes])
    orbits_per_day = nodal_orbits_per_day(elements)

    def nights(some: list[_Plane], rise_km: float) -> Floats:
        radius_km = elements.semi_major_axis_km + rise_km
        fractions = np.stack([_night_fraction(plane, radius_km, sun_km) for plane in some])
        return fractions * DAY_S / orbits_per_day

    return PlaneForecast(
        unix_s,
        beta_degrees=betas[0],
        beta_error_degrees=np.abs(betas - betas[0]).max(axis=0),
        night_seconds=nights(planes[:1], 0.0)[0],
        night_seconds_least=nights(planes, HEIGHT_ERROR_KM).min(axis=0),
        night_seconds_most=nights(planes, -HEIGHT_ERROR_KM).max(axis=0),
        orbits_per_day=orbits_per_day,
    )


def node_error_degrees(elements: ElementSet, unix_s: Floats) -> Floats:
    """By how much the node may be off, (n,)."""
    return NODE_ERROR_DEGREES + NODE_ERROR_DEGREES_PER_DAY * np.abs(unix_s - elements.epoch_s) / DAY_S


def nodal_orbits_per_day(elements: ElementSet) -> float:
    """Revolutions a day from node to node, by SGP4's secular rates."""
    return float((elements.satrec.mdot + elements.satrec.argpdot) * 1440.0 / math.tau)


def no_night_seasons(elements: ElementSet, start_s: float, end_s: float) -> tuple[Season, ...]:
    """The seasons in [start, end) in which orbits have no night, to an eighth of a day besides their error."""
    step_s = DAY_S / 8
    times_s: Floats = np.arange(start_s, end_s, step_s, dtype=np.float64)
    if len(times_s) < 2:
        return ()
    forecast = plane_forecast(elements, times_s)
    is_bright = np.concatenate([[False], forecast.night_seconds == 0, [False]])
    edges = np.flatnonzero(is_bright[1:] != is_bright[:-1]).reshape(-1, 2)
    speed = np.abs(np.gradient(forecast.beta_degrees, times_s / DAY_S))
    seasons = []
    for first, stop in edges:
        inside = slice(first, stop)
        # Near the season's peak beta hardly moves, so the error is taken with the speed at its ends.
        degrees_a_day = max(float(speed[inside][[0, -1]].max()), 0.1)
        error_degrees = float(forecast.beta_error_degrees[inside].max()) + LIMIT_ERROR_DEGREES
        error_days = error_degrees / degrees_a_day
        seasons.append(Season(float(times_s[first]), min(float(times_s[stop - 1]) + step_s, end_s), error_days))
    return tuple(seasons)


@dataclass(frozen=True, eq=False)
class _Plane:
    """Three unit vectors (3, n) in TEME: towards the ascending node, 90° on along the orbit, and its pole."""

    node: Floats
    ahead: Floats
    pole: Floats

    @classmethod
    def at(cls, elements: ElementSet, unix_s: Floats, shift_degrees: Floats) -> "_Plane":
        """The plane at each time, its node turned on by the shift."""
        minutes = (unix_s - elements.epoch_s) / 60
        raan = elements.satrec.nodeo + elements.satrec.nodedot * minutes + np.radians(shift_degrees)
        inclination = math.radians(elements.inclination_degrees)
        cosine, sine, zero = np.cos(raan), np.sin(raan), np.zeros_like(raan)
        return cls(
            node=np.stack([cosine, sine, zero]),
            ahead=np.stack(
                [-sine * math.cos(inclination), cosine * math.cos(inclination), zero + math.sin(inclination)]
            ),
            pole=np.stack(
                [sine * math.sin(inclination), -cosine * math.sin(inclination), zero + math.cos(inclination)]
            ),
        )


def _night_fraction(plane: _Plane, radius_km: float, sun_km: Floats) -> Floats:
    """The part of one round of a circle that is night, (n,)."""
    angles = np.linspace(0, math.tau, POINTS_AN_ORBIT + 1)
    points = (radius_km * (math.cos(angle) * plane.node + math.sin(angle) * plane.ahead) for angle in angles)
    return _negative_part(np.stack([clearance_km(point, sun_km) for point in points]))


def _negative_part(heights: Floats) -> Floats:
    """Part of the first axis on which straight lines between the values lie below zero."""
    low, high = np.minimum(heights[1:], heights[:-1]), np.maximum(heights[1:], heights[:-1])
    spread = np.where(high > low, high - low, 1.0)
    below = np.clip(np.where(high > low, -low / spread, low < 0), 0.0, 1.0)
    part: Floats = below.mean(axis=0)
    return part
