"""Orbits for tests."""

from datetime import UTC, datetime

import numpy as np

from modules.orbit import ElementTrajectory, NominalOrbit, nominal_elements, unix_seconds

SOLSTICE_S = unix_seconds(datetime(2027, 6, 21, tzinfo=UTC))


def orbit(raan_degrees=0.0, epoch_s=SOLSTICE_S, **fields):
    """A nominal orbit like the ISS's."""
    return ElementTrajectory(nominal_elements(NominalOrbit(raan_degrees=raan_degrees, **fields), epoch_s))


def seconds(start_s, end_s, step_s=1.0):
    return np.arange(start_s, end_s, step_s)


def contains(spans, times_s):
    """Whether each time lies in one of the spans."""
    return np.searchsorted(spans.ravel(), times_s, side="right") % 2 == 1


def true_spans(is_true):
    """Number of runs of True."""
    return int(np.diff(np.concatenate([[0], is_true.astype(int)])).clip(0).sum())
