"""Downlink coverage: when relay satellites, or stations on the ground, are in sight.

A relay is in sight where the straight line to it clears the Earth by some height, since a beam that
grazes the ground passes the whole of the air twice. The polar axis is stretched as for the shadow, which
makes the ellipsoid a sphere. A station is in sight above its lowest elevation. What the module's own
structure hides is not known here. Coverage is the union over all relays or stations; its gaps are the rest.
"""

from collections.abc import Sequence

import numpy as np

from modules.orbit.earth import EQUATOR_RADIUS_KM, FLATTENING, Place
from modules.orbit.passes import passes_over
from modules.orbit.roots import positive_spans
from modules.orbit.shadow import slack_km, within
from modules.orbit.times import Floats, Indices
from modules.orbit.trajectory import Samples, Trajectory, reach, sampled

GRAZING_KM = 100.0
"""Height that a beam to a relay keeps from the ground: the top of the air."""

RELAY_STEP_S = 600.0
"""Relays turn with the Earth, so slowly that ten minutes leave their cubic within a metre."""


def relay_coverage(
    trajectory: Trajectory,
    relays: Sequence[Trajectory],
    start_s: float,
    end_s: float,
    grazing_km: float = GRAZING_KM,
) -> Floats:
    """Spans (n, 2) in [start, end) in which at least one relay is in sight."""
    samples = sampled(trajectory, start_s, end_s)
    paths = [_path(relay, samples) for relay in relays]

    def values(part: slice) -> Floats:
        times_s, positions = samples.times_s[part], samples.positions_km[:, part]
        beams = [clearance_km(positions, path.states(times_s)[0]) for path in paths]
        return np.reshape(beams, (len(paths), len(times_s))) - grazing_km

    def evaluate(times_s: Floats, rows: Indices) -> Floats:
        beam = np.empty(len(times_s))
        positions = samples.states(times_s)[0]
        for row, path in enumerate(paths):
            its = rows == row
            beam[its] = clearance_km(positions[:, its], path.states(times_s[its])[0])
        return beam - grazing_km

    _, spans = positive_spans(values, evaluate, samples.times_s, slack_km(samples), row_count=len(paths))
    return within(union(spans), start_s, end_s)


def _path(relay: Trajectory, samples: Samples) -> Samples:
    """The relay over the samples' span, and a step more where it reaches."""
    return sampled(relay, *reach(relay, *samples.span_s, RELAY_STEP_S), step_s=RELAY_STEP_S)


def clearance_km(from_km: Floats, to_km: Floats) -> Floats:
    """Least height of the straight line between points (3, n) above the Earth, negative where it is cut."""
    stretch = np.array([[1.0], [1.0], [1 / (1 - FLATTENING)]])
    start, way = from_km * stretch, (to_km - from_km) * stretch
    nearest = np.clip(-(start * way).sum(axis=0) / (way * way).sum(axis=0), 0.0, 1.0)
    height: Floats = np.sqrt(((start + nearest * way) ** 2).sum(axis=0)) - EQUATOR_RADIUS_KM
    return height


def station_coverage(
    trajectory: Trajectory,
    stations: Sequence[Place],
    start_s: float,
    end_s: float,
    min_elevation_degrees: float = 10.0,
) -> Floats:
    """Spans (n, 2) in [start, end) in which the module stands above the elevation at one station or more."""
    seen = passes_over(trajectory, stations, start_s, end_s, min_elevation_degrees)
    spans = np.concatenate([each.spans_s for each in seen] or [np.empty((0, 2))])
    return within(union(spans), start_s, end_s)


def union(spans: Floats) -> Floats:
    """The same time as sorted, disjoint spans; those that touch are joined."""
    if len(spans) == 0:
        return np.empty((0, 2))
    spans = spans[np.argsort(spans[:, 0])]
    latest_end = np.maximum.accumulate(spans[:, 1])
    opens = np.flatnonzero(np.append(True, spans[1:, 0] > latest_end[:-1]))
    return np.stack([spans[opens, 0], latest_end[np.append(opens[1:] - 1, -1)]], axis=1)


def gaps(spans: Floats, start_s: float, end_s: float) -> Floats:
    """What sorted, disjoint spans leave of [start, end), (n, 2)."""
    inside = within(spans, start_s, end_s)
    edges = np.concatenate([[start_s], inside.ravel(), [end_s]]).reshape(-1, 2)
    return edges[edges[:, 1] > edges[:, 0]]
