"""Element files of any kind that people have: OMM in four notations, or TLE, told by what is inside."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from modules.orbit import omm, tle
from modules.orbit.ccsds import looks_like_xml
from modules.orbit.elements import ElementSet
from modules.orbit.exceptions import ElementsError
from modules.orbit.sources import MAX_ELEMENTS_BYTES, read_file, text_of
from modules.orbit.times import DAY_S, unix_seconds, utc_datetime

FUTURE_TOLERANCE_S = 1.0 * DAY_S
"""Catalogues publish some sets hours ahead of their epoch; further ahead, the file or the clock is wrong."""

KINDS: tuple[tuple[Callable[[str], bool], Callable[[str], list[ElementSet]]], ...] = (
    (omm.looks_like_json, omm.parse_omm),
    (looks_like_xml, omm.parse_omm),
    (omm.looks_like_kvn, omm.parse_omm),
    (omm.looks_like_csv, omm.parse_omm),
    (tle.looks_like_tle, tle.parse_tle),
)


def load_elements(path: Path, *, at: datetime | None = None, one_satellite: bool = True) -> tuple[ElementSet, ...]:
    """As `parse_elements`, from a file, of which no more than the limit is read."""
    data = read_file(path, MAX_ELEMENTS_BYTES, ElementsError)
    return parse_elements(data, at=at, one_satellite=one_satellite)


def parse_elements(data: bytes, *, at: datetime | None = None, one_satellite: bool = True) -> tuple[ElementSet, ...]:
    """Every element set in `data` (plain or gzip), by satellite and epoch, repeated ones once.

    Raises ElementsError, one line, where anything is wrong with any of them: then none is returned. With
    `at`, epochs more than a day after it are wrong. `one_satellite=False` allows a file of several, as
    of relays.
    """
    text = text_of(data, MAX_ELEMENTS_BYTES, ElementsError)
    found = _parser(text)(text)
    if not found:
        raise ElementsError("The file holds no element set.")
    if one_satellite:
        _check_one_satellite(found)
    if at is not None:
        _check_epochs(found, unix_seconds(at))
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.norad_id, each.epoch_s)))


def _parser(text: str) -> Callable[[str], list[ElementSet]]:
    if "CCSDS_OEM_VERS" in text[:4000]:
        raise ElementsError("This is an ephemeris (OEM), not elements.")
    for looks_right, parse in KINDS:
        if looks_right(text):
            return parse
    raise ElementsError("The file is neither an OMM (JSON, XML, KVN, CSV) nor a TLE.")


def _check_one_satellite(found: list[ElementSet]) -> None:
    satellites = sorted({elements.norad_id for elements in found})
    if len(satellites) > 1:
        some = ", ".join(map(str, satellites[:3])) + (", …" if len(satellites) > 3 else "")
        raise ElementsError(f"The file mixes {len(satellites)} satellites ({some}); one is expected.")


def _check_epochs(found: list[ElementSet], at_s: float) -> None:
    last = max(found, key=lambda elements: elements.epoch_s)
    if last.epoch_s > at_s + FUTURE_TOLERANCE_S:
        raise ElementsError(f"The epoch {utc_datetime(last.epoch_s):%Y-%m-%d %H:%M} UTC is in the future.")
