import contextlib
import gzip
from dataclasses import astuple, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.orbit import ElementsError, load_elements, parse_elements
from modules.orbit.sources import MAX_ELEMENTS_BYTES
from tests.modules.orbit import element_text as text

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("write", text.NOTATIONS.values(), ids=text.NOTATIONS)
def test_every_notation_gives_the_same_set(write, pack):
    (elements,) = parse_elements(pack(write()), at=AT)
    (expected,) = parse_elements(text.tle())
    assert astuple(elements)[3] == pytest.approx(expected.epoch_s, abs=1e-6)
    assert replace(elements, epoch_s=expected.epoch_s) == expected


def test_two_lines_without_a_name():
    (elements,) = parse_elements(text.tle(text.LINE_1, text.LINE_2))
    assert (elements.name, elements.norad_id, elements.object_id) == ("", 25544, "1998-067A")


def test_repeated_sets_come_once_and_in_order_of_epoch():
    later = text.with_checksum(text.LINE_1.replace("26060", "26061"))
    found = parse_elements(text.tle(later, text.LINE_2, *[text.LINE_1, text.LINE_2] * 2))
    assert [round((each.epoch_s - found[0].epoch_s) / 86400) for each in found] == [0, 1]


def test_several_satellites_only_where_asked():
    data = text.tle(text.LINE_1, text.LINE_2, text.OTHER_1, text.OTHER_2)
    assert len(parse_elements(data, one_satellite=False)) == 2
    with pytest.raises(ElementsError, match="mixes 2 satellites"):
        parse_elements(data)


def test_alpha_5_catalogue_number():
    lines = [text.with_checksum(line.replace("25544", "T0001")) for line in (text.LINE_1, text.LINE_2)]
    assert parse_elements(text.tle(*lines))[0].norad_id == 270001


def test_catalogue_number_of_nine_digits():
    assert parse_elements(text.as_json(NORAD_CAT_ID="799500123"))[0].norad_id == 799500123


@pytest.mark.parametrize(
    ("object_id", "field", "revolution"),
    [("1998-067A", 55507, 155507), ("1998-067A", 155507, 155507), ("", 55507, 55507), ("2026-001A", 12, 12)],
)
def test_revolution_numbers_are_unwrapped(object_id, field, revolution):
    (elements,) = parse_elements(text.tle())
    assert replace(elements, object_id=object_id, revolution_field=field).revolution == revolution


SHORT = text.LINE_2[:40]
WRONG_SUM = text.LINE_1[:-1] + "4"
BAD = {
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)), "binary"),
    "prose": (b"Dear sir,\nplease find attached", "neither an OMM"),
    "html": (b"<html><body>404</body></html>", "no element set"),
    "large": (b" " * (MAX_ELEMENTS_BYTES + 1), "larger than 8 MB"),
    "bomb": (gzip.compress(b" " * 20_000_000), "larger than 8 MB"),
    "checksum": (text.tle(WRONG_SUM, text.LINE_2), "Line 1: the checksum is 5, the line says 4"),
    "cut in a line": (text.tle(text.LINE_1, SHORT), "Line 2 has 40 characters"),
    "cut between lines": (text.tle("ISS", text.LINE_1), "cut short"),
    "name alone": (text.tle(text.LINE_1, text.LINE_2, "ISS"), "cut short"),
    "mixed pair": (text.tle(text.LINE_1, text.OTHER_2), "different satellites"),
    "columns": (
        text.tle(text.with_checksum(text.LINE_1.replace(".00009927", "0.0009927")), text.LINE_2),
        "columns",
    ),
    "no such day": (
        text.tle(text.with_checksum(text.LINE_1.replace("26060", "26366")), text.LINE_2),
        "no day 366",
    ),
    "ephemeris": (b"CCSDS_OEM_VERS = 2.0\n", "an ephemeris"),
    "half JSON": (text.as_json()[:100], "broken or cut short"),
    "list of numbers": (b"[1, 2]", "not a list of element sets"),
    "empty list": (b"[]", "no element set"),
    "deep JSON": (b"[" * 200_000, "broken or cut short"),
    "half XML": (text.as_xml()[:300], "cut short"),
    "half CSV": (text.as_csv()[:-10], "columns"),
    "nested value": (b'[{"EPOCH": {"a": 1}}]', "EPOCH is not a number"),
    "entities": (b'<!DOCTYPE a [<!ENTITY b "c">]><ndm/>', "document type"),
}


@pytest.mark.parametrize(("data", "says"), BAD.values(), ids=BAD)
def test_bad_files_give_one_clear_line(data, says):
    with pytest.raises(ElementsError, match=says) as caught:
        parse_elements(data, at=AT)
    assert "\n" not in str(caught.value)


WRONG_FIELDS = {
    "epoch": ({"EPOCH": "yesterday"}, "not a UTC time"),
    "future": ({"EPOCH": "2027-03-01T00:00:00"}, "2027-03-01 00:00 UTC is in the future"),
    "nan": ({"ECCENTRICITY": "nan"}, "ECCENTRICITY is “nan”"),
    "text": ({"INCLINATION": "steep"}, "INCLINATION is “steep”"),
    "hyperbola": ({"ECCENTRICITY": "1.2"}, "eccentricity 1.2 is outside"),
    "angle": ({"INCLINATION": "212"}, "inclination 212 is outside"),
    "underground": ({"ECCENTRICITY": "0.7"}, "no orbit: its perigee is"),
    "half a satellite": ({"NORAD_CAT_ID": "5.5"}, "not a whole number"),
    "another theory": ({"MEAN_ELEMENT_THEORY": "DSST"}, "MEAN_ELEMENT_THEORY is DSST"),
    "SGP4-XP": ({"EPHEMERIS_TYPE": "4"}, "EPHEMERIS_TYPE is 4"),
    "another frame": ({"REF_FRAME": "EME2000"}, "REF_FRAME is EME2000"),
    "missing": ({"BSTAR": ""}, "BSTAR is missing"),
}


@pytest.mark.parametrize("write", text.OMM.values(), ids=text.OMM)
@pytest.mark.parametrize(("changes", "says"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_wrong_values_give_one_clear_line(write, changes, says):
    with pytest.raises(ElementsError, match=says):
        parse_elements(write(**changes), at=AT)


def test_one_wrong_set_spoils_the_file():
    with pytest.raises(ElementsError, match="Line 4"):
        parse_elements(text.tle("ISS", text.LINE_1, text.LINE_2, WRONG_SUM, text.LINE_2))


def test_a_large_file_is_not_read_whole(tmp_path):
    path = tmp_path / "large.tle"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(ElementsError, match=r"large.tle is larger than 8 MB"):
        load_elements(path)
    with pytest.raises(ElementsError, match=r"none.tle cannot be read"):
        load_elements(tmp_path / "none.tle")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_never_escapes_as_another_error(data):
    damaged = bytearray(data.draw(st.sampled_from(text.EVERY_FILE)))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(damaged)))
        damaged[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=6))
    with contextlib.suppress(ElementsError):
        assert parse_elements(bytes(damaged))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1), st.integers(0, 67), st.sampled_from("0123456789"))
def test_a_changed_digit_is_noticed(which, column, digit):
    lines = [text.LINE_1, text.LINE_2]
    if lines[which][column].isdigit() and lines[which][column] != digit:
        lines[which] = lines[which][:column] + digit + lines[which][column + 1 :]
        with pytest.raises(ElementsError):
            parse_elements(text.tle(*lines))
