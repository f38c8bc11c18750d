"""Small ephemerides written for tests: a circular orbit, as XML or KVN."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

RADIUS_KM, MU_KM3_S2 = 6790.0, 398600.4418
START = datetime(2027, 12, 28, tzinfo=UTC)


def states(count: int = 5, step_s: float = 240.0) -> list[tuple[datetime, list[float]]]:
    """Epochs and states of a circular equatorial orbit."""
    rate = (MU_KM3_S2 / RADIUS_KM**3) ** 0.5
    rows = []
    for index in range(count):
        angle = rate * index * step_s
        along, across = (
            np.array([np.cos(angle), np.sin(angle), 0]),
            np.array([-np.sin(angle), np.cos(angle), 0]),
        )
        state = [*(RADIUS_KM * along), *(RADIUS_KM * rate * across)]
        rows.append((START + timedelta(seconds=index * step_s), state))
    return rows


def event_row(name: str, gmt: str) -> str:
    """One row of the trajectory event summary."""
    return f" {name:<21} {gmt}             0.4     427.5     412.5"


def xml(rows: Sequence[tuple[datetime, list[float]]], events: Sequence[str] = (), **fields: str) -> bytes:
    """An OEM in XML; `fields` replace metadata."""
    comments = "".join(f"<COMMENT>{line}</COMMENT>" for line in _comments(events))
    vectors = "".join(_xml_state(epoch, state) for epoch, state in rows)
    meta = "".join(f"<{word}>{value}</{word}>" for word, value in _metadata(fields).items())
    return (
        '<?xml version="1.0"?><ndm><oem id="CCSDS_OEM_VERS" version="2.0">'
        "<header><CREATION_DATE>2027-361T10:00:00Z</CREATION_DATE></header><body><segment>"
        f"<metadata>{meta}</metadata><data>{comments}{vectors}</data></segment></body></oem></ndm>"
    ).encode()


def kvn(rows: Sequence[tuple[datetime, list[float]]], events: Sequence[str] = (), **fields: str) -> bytes:
    """An OEM in KVN."""
    lines = ["CCSDS_OEM_VERS = 2.0", "CREATION_DATE = 2027-12-27T10:00:00", "META_START"]
    lines += [f"{word} = {value}" for word, value in _metadata(fields).items()]
    lines += ["META_STOP", *(f"COMMENT {line}" for line in _comments(events))]
    lines += [f"{epoch:%Y-%m-%dT%H:%M:%S.%f} {' '.join(map(repr, map(float, state)))}" for epoch, state in rows]
    return "\n".join([*lines, "COVARIANCE_START", "EPOCH = 2027-12-28T00:00:00", "1.0", "COVARIANCE_STOP"]).encode()


def _metadata(fields: dict[str, str]) -> dict[str, str]:
    usual = {"OBJECT_NAME": "ISS", "OBJECT_ID": "1998-067-A", "CENTER_NAME": "EARTH"}
    return usual | {"REF_FRAME": "EME2000", "TIME_SYSTEM": "UTC"} | fields


def _comments(events: Sequence[str]) -> list[str]:
    return ["MASS=1.0", "TRAJECTORY EVENT SUMMARY:", "|  EVENT  |  TIG  |", *events, "End sequence of events"]


def _xml_state(epoch: datetime, state: list[float]) -> str:
    words = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    numbers = "".join(f"<{word}>{value!r}</{word}>" for word, value in zip(words, map(float, state), strict=True))
    return f"<stateVector><EPOCH>{epoch:%Y-%jT%H:%M:%S.%f}Z</EPOCH>{numbers}</stateVector>"
