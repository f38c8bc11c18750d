"""The verification set of AIAA 2006-6753, which the sgp4 package carries, through our own reading of TLEs."""

from importlib.resources import files

import numpy as np
import pytest

from modules.orbit.tle import LINE_LENGTH, checksum, parse_tle

TOLERANCE_KM = 1e-6


def cases():
    lines = [line for line in read("SGP4-VER.TLE").splitlines() if line[:2] in {"1 ", "2 "}]
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        yield first[2:7].strip().lstrip("0"), first[:LINE_LENGTH], second[:LINE_LENGTH]


def read(name):
    return (files("sgp4") / name).read_text()


def expected():
    tables = {}
    for line in read("tcppver.out").splitlines():
        words = line.split()
        if words[1:] == ["xx"]:
            table = tables.setdefault(words[0], [])
        else:
            table.append([float(word) for word in words[:4]])
    return tables


TABLES = expected()
GOOD = [case for case in cases() if all(str(checksum(line)) == line[-1] for line in case[1:])]


@pytest.mark.parametrize(("number", "first", "second"), GOOD, ids=[case[0] for case in GOOD])
def test_positions(number, first, second):
    (elements,) = parse_tle(f"{first}\n{second}")
    table = np.array(TABLES[number])
    for minutes, *position_km in table:
        error, found_km, _ = elements.satrec.sgp4_tsince(minutes)
        assert error == 0
        np.testing.assert_allclose(found_km, position_km, rtol=0, atol=TOLERANCE_KM)


def test_the_set_is_used_nearly_whole():
    """Three of the 33 have a wrong checksum on purpose or by age, and are refused before they are flown."""
    assert (len(GOOD), len(list(cases()))) == (30, 33)
