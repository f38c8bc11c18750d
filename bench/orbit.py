"""A year of the orbit: day and night, passes over 20 places and the ground track, against what they rest on.

Two ratios count, taken in one run on one machine: against the raw propagation of the same grid of minutes,
which is the least that any answer costs, and against skyfield's own event finders, which people use else.
skyfield is timed on some days and scaled to the year, since the whole year takes it minutes; its shadow is
its own `is_sunlit`, sought every ten minutes, which is quick and misses short nights. Peak memory is taken
before skyfield is loaded.

    python -m bench.orbit            prints the table, writes var/bench/orbit.json
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from modules.orbit import (
    ElementTrajectory,
    Passes,
    Place,
    Samples,
    ground_track,
    nights,
    parse_elements,
    passes_over,
    sampled,
)
from modules.orbit.passes import LONGEST_PASS_S
from modules.orbit.times import julian_day

NAME = "ISS (ZARYA)"
LINE_1 = "1 25544U 98067A   26060.57520306  .00009927  00000+0  19202-3 0  9995"
LINE_2 = "2 25544  51.6320 112.4722 0008284 146.1756 213.9762 15.48382986555076"
PLACES = (
    (41.9, 12.5), (51.5, -0.1), (48.9, 2.4), (40.7, -74.0), (34.1, -118.2), (35.7, 139.7), (-33.9, 151.2),
    (-23.5, -46.6), (19.4, -99.1), (28.6, 77.2), (1.4, 103.8), (30.0, 31.2), (-34.6, -58.4), (55.8, 37.6),
    (-26.2, 28.0), (52.5, 13.4), (37.6, 127.0), (25.2, 55.3), (45.5, -73.6), (6.5, 3.4),
)  # fmt: skip
MIN_ELEVATION_DEGREES = 10.0
YEAR_S, STEP_S = 365 * 86_400.0, 60.0
ROUNDS = 5
SKYFIELD_DAYS = 10
MOST_TIMES_RAW, LEAST_TIMES_SKYFIELD, MOST_MEGABYTES = 6.0, 80.0, 300.0
REPORT = Path("var/bench/orbit.json")


def timed(parts: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The quickest of some rounds of each part, seconds; in turns, so that a busy moment hits all alike."""
    durations: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name, work in parts.items():
            began = time.perf_counter()
            work()
            durations[name].append(time.perf_counter() - began)
    return {name: min(each) for name, each in durations.items()}


def measure_ours() -> dict[str, float]:
    """Seconds of each part, counts of what was found, and the peak of memory."""
    (elements,) = parse_elements(f"{NAME}\n{LINE_1}\n{LINE_2}".encode())
    trajectory, start_s = ElementTrajectory(elements), elements.epoch_s
    end_s = start_s + YEAR_S
    places = [Place(*each) for each in PLACES]
    grid = julian_day(start_s + np.arange(0.0, YEAR_S, STEP_S))

    def sample() -> Samples:
        return sampled(trajectory, start_s - LONGEST_PASS_S, end_s + LONGEST_PASS_S, STEP_S)

    def find_passes() -> list[Passes]:
        return passes_over(samples, places, start_s, end_s, MIN_ELEVATION_DEGREES)

    samples = sample()
    parts: dict[str, Callable[[], object]] = {
        "raw_sgp4_array_s": lambda: elements.satrec.sgp4_array(*grid),
        "sampling_s": sample,
        "day_and_night_s": lambda: nights(samples, start_s, end_s),
        "passes_over_20_places_s": find_passes,
        "ground_track_s": lambda: ground_track(samples, start_s, end_s, STEP_S),
    }
    figures = timed(parts, ROUNDS)
    figures["together_s"] = sum(figures.values()) - figures["raw_sgp4_array_s"]
    figures["events_together_s"] = figures["together_s"] - figures["ground_track_s"]
    figures["nights"] = len(nights(samples, start_s, end_s))
    figures["passes"] = sum(map(len, find_passes()))
    figures["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def measure_skyfield() -> float | None:
    """Seconds that skyfield's finders of sunlight and passes take for the year, scaled; None without de421."""
    package = find_spec("skyfield_data")
    if package is None or package.origin is None:
        return None
    almanac, api = import_module("skyfield.almanac"), import_module("skyfield.api")
    bodies = api.load_file(str(Path(package.origin).parent / "data" / "de421.bsp"))
    scale = api.load.timescale(builtin=True)
    satellite = api.EarthSatellite(LINE_1, LINE_2, NAME, scale)
    start = satellite.epoch
    end = scale.tt_jd(start.tt + SKYFIELD_DAYS)

    def sunlit(t: Any) -> Any:
        return satellite.at(t).is_sunlit(bodies)

    vars(sunlit)["step_days"] = 10 / 1440

    def find() -> None:
        almanac.find_discrete(start, end, sunlit)
        for latitude, longitude in PLACES:
            satellite.find_events(api.wgs84.latlon(latitude, longitude), start, end, MIN_ELEVATION_DEGREES)

    duration_s = timed({"find": find}, rounds=1)["find"]
    bodies.close()
    return duration_s * YEAR_S / 86_400 / SKYFIELD_DAYS


def report() -> dict[str, float | None]:
    """Every figure and both ratios."""
    figures: dict[str, float | None] = dict(measure_ours())
    together_s, raw_s = figures["together_s"] or 0.0, figures["raw_sgp4_array_s"] or 1.0
    skyfield_s = measure_skyfield()
    figures["times_raw_sgp4"] = together_s / raw_s
    figures["skyfield_s_scaled_to_the_year"] = skyfield_s
    figures["times_faster_than_skyfield"] = skyfield_s / together_s if skyfield_s else None
    figures["times_faster_than_skyfield_events_alone"] = (
        skyfield_s / (figures["events_together_s"] or 1.0) if skyfield_s else None
    )
    return figures


def verdicts(figures: dict[str, float | None]) -> dict[str, bool | None]:
    """Whether each promise is kept; None where it could not be measured."""
    faster = figures["times_faster_than_skyfield"]
    return {
        f"at most {MOST_TIMES_RAW:g} × raw sgp4_array": (figures["times_raw_sgp4"] or 0) <= MOST_TIMES_RAW,
        f"at least {LEAST_TIMES_SKYFIELD:g} × faster than skyfield": (
            None if faster is None else faster >= LEAST_TIMES_SKYFIELD
        ),
        f"peak memory under {MOST_MEGABYTES:g} MB": (figures["peak_megabytes"] or 0) < MOST_MEGABYTES,
    }


def main() -> int:
    """Print and keep the figures; 1 where a promise is broken."""
    figures = report()
    kept = verdicts(figures)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps({"figures": figures, "kept": kept}, indent=2) + "\n")
    for name, value in figures.items():
        shown = "not measured: skyfield-data is absent" if value is None else f"{value:12.3f}"
        sys.stdout.write(f"{name.replace('_', ' '):36} {shown}\n")
    for promise, is_kept in kept.items():
        word = "not measured" if is_kept is None else "kept" if is_kept else "BROKEN"
        sys.stdout.write(f"{promise:36} {word}\n")
    return 1 if False in kept.values() else 0


if __name__ == "__main__":
    sys.exit(main())
