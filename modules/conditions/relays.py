"""Downlink providers as the orbit sees them: relays that stand over the equator, and stations on the ground."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from modules.models import DownlinkProvider
from modules.orbit import Place, Trajectory
from modules.orbit.coverage import relay_coverage, station_coverage, union
from modules.orbit.earth import EARTH_RATE_RADIANS_S, gmst_radians
from modules.orbit.times import Floats

GEOSTATIONARY_KM = 42_164.2


@dataclass(frozen=True, slots=True)
class StandingRelay:
    """A relay that stands over one longitude of the equator. Its real inclination, a few degrees, is left out."""

    longitude_degrees: float

    @property
    def span_s(self) -> tuple[float, float]:
        return float("-inf"), float("inf")

    def states(self, unix_s: Floats) -> tuple[Floats, Floats]:
        angle = gmst_radians(unix_s) + np.radians(self.longitude_degrees)
        cosine, sine, zero = np.cos(angle), np.sin(angle), np.zeros_like(angle)
        position = GEOSTATIONARY_KM * np.stack([cosine, sine, zero])
        return position, GEOSTATIONARY_KM * EARTH_RATE_RADIANS_S * np.stack([-sine, cosine, zero])


@dataclass(frozen=True, slots=True)
class Provider:
    """All that carries the downlink in one phase."""

    longitudes_degrees: tuple[float, ...]
    stations: tuple[tuple[float, float, float], ...]

    @property
    def fingerprint(self) -> str:
        """Changes with anything that changes the coverage."""
        return hashlib.sha256(repr((self.longitudes_degrees, self.stations)).encode()).hexdigest()[:16]


def providers_of(phase_ids: Iterable[int]) -> dict[int, Provider]:
    """What each phase's providers have together, by phase; a phase that has none is not there."""
    found = DownlinkProvider.objects.filter(phase__in=phase_ids).prefetch_related("relays", "stations")
    by_phase: dict[int, list[DownlinkProvider]] = {}
    for provider in found:
        by_phase.setdefault(provider.phase_id, []).append(provider)
    return {phase_id: _together(providers) for phase_id, providers in by_phase.items()}


def _together(providers: Sequence[DownlinkProvider]) -> Provider:
    longitudes = sorted(relay.longitude for provider in providers for relay in provider.relays.all())
    stations = sorted(
        (station.latitude, station.longitude, provider.min_elevation_degrees)
        for provider in providers
        for station in provider.stations.all()
    )
    return Provider(tuple(longitudes), tuple(stations))


def coverage(provider: Provider, trajectory: Trajectory, start_s: float, end_s: float) -> Floats:
    """Spans (n, 2) in which a relay or a station is in sight."""
    relays = [StandingRelay(longitude) for longitude in provider.longitudes_degrees]
    parts = [relay_coverage(trajectory, relays, start_s, end_s)] if relays else []
    for elevation in sorted({lowest for _, _, lowest in provider.stations}):
        places = [Place(lat, lon) for lat, lon, lowest in provider.stations if lowest == elevation]
        parts.append(station_coverage(trajectory, places, start_s, end_s, elevation))
    return union(np.concatenate(parts)) if parts else np.empty((0, 2))
