import contextlib
import gzip
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.orbit import EphemerisError, parse_oem, unix_seconds
from modules.orbit.sources import MAX_EPHEMERIS_BYTES
from tests.modules.orbit import oem_text


@pytest.mark.parametrize("write", [oem_text.xml, oem_text.kvn])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_reads_the_same_from_every_notation(write, pack):
    rows = oem_text.states()
    ephemeris = parse_oem(pack(write(rows, [oem_text.event_row("81P Docking", "362:01:34:34.000")])))
    assert (ephemeris.object_name, ephemeris.object_id, ephemeris.frame) == ("ISS", "1998-067-A", "EME2000")
    assert ephemeris.times_s.tolist() == [unix_seconds(epoch) for epoch, _ in rows]
    np.testing.assert_allclose(ephemeris.positions_km, [state[:3] for _, state in rows])
    np.testing.assert_allclose(ephemeris.velocities_km_s, [state[3:] for _, state in rows])
    assert ephemeris.created_s == unix_seconds(datetime(2027, 12, 27, 10, tzinfo=UTC))
    assert [event.name for event in ephemeris.events] == ["81P Docking"]


def test_a_burn_in_an_instant_cuts_the_table():
    rows = oem_text.states(count=6)
    burn = (rows[2][0], [*rows[2][1][:3], 0.0, 7.7, 0.001])
    ephemeris = parse_oem(oem_text.xml([*rows[:3], burn, *rows[3:]]))
    assert ephemeris.pieces == ((0, 3), (3, 7))


def test_days_of_january_belong_to_the_next_year():
    rows = [(epoch + timedelta(days=3) * index, state) for index, (epoch, state) in enumerate(oem_text.states())]
    events = [
        oem_text.event_row("81P Undock", "003:12:00:00.000"),
        oem_text.event_row("81P Burn", "364:12:00:00"),
    ]
    found = parse_oem(oem_text.xml(rows, events)).events
    assert [event.occurs_at for event in found] == [
        datetime(2027, 12, 30, 12, tzinfo=UTC),
        datetime(2028, 1, 3, 12, tzinfo=UTC),
    ]


ROWS = oem_text.states()
XML = oem_text.xml(ROWS)
BAD = {
    "empty": (b"  \n", "empty"),
    "binary": (bytes(range(256)) * 9, "binary"),
    "latin": ("é".encode("latin-1") * 50, "binary"),
    "cut": (XML[: len(XML) // 2], "cut short"),
    "cut gzip": (gzip.compress(XML)[:-20], "cut short"),
    "damaged gzip": (b"\x1f\x8b" + b"nonsense" * 9, "damaged"),
    "gzip bomb": (gzip.compress(b" " * (MAX_EPHEMERIS_BYTES + 10)), "larger than 64 MB"),
    "something else": (b"hello", "not a CCSDS OEM"),
    "other XML": (b"<html></html>", "not a CCSDS OEM"),
    "entities": (XML.replace(b"<ndm>", b'<!DOCTYPE x [<!ENTITY a "b">]><ndm>'), "document type"),
    "one state": (oem_text.xml(ROWS[:1]), "fewer than two"),
    "other scale": (oem_text.xml(ROWS, TIME_SYSTEM="TDB"), "only UTC"),
    "other frame": (oem_text.xml(ROWS, REF_FRAME="ITRF-97"), "not understood"),
    "other centre": (oem_text.xml(ROWS, CENTER_NAME="MARS"), "not the Earth"),
    "backwards": (oem_text.xml(ROWS[::-1]), "backwards"),
    "metres": (oem_text.xml([(at, [1000 * x for x in state]) for at, state in ROWS]), "kilometres"),
    "missing": (XML.replace(b"<Y>", b"<W>").replace(b"</Y>", b"</W>"), "out of order"),
    "not a number": (XML.replace(b"<Z>0.0", b"<Z>nan"), "not a number"),
    "no name": (oem_text.xml(ROWS, OBJECT_NAME=""), "OBJECT_NAME is missing"),
    "no such day": (oem_text.xml(ROWS, [oem_text.event_row("X", "400:00:00:00")]), "impossible time"),
    "no such hour": (oem_text.xml(ROWS, [oem_text.event_row("X", "300:25:00:00")]), "impossible time"),
}


@pytest.mark.parametrize(("data", "says"), BAD.values(), ids=BAD)
def test_bad_files_give_one_clear_line(data, says):
    with pytest.raises(EphemerisError, match=says) as caught:
        parse_oem(data)
    assert "\n" not in str(caught.value)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_never_escapes_as_another_error(data):
    text = bytearray(data.draw(st.sampled_from([XML, oem_text.kvn(ROWS), gzip.compress(XML)])))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
        if not text:
            break
    with contextlib.suppress(EphemerisError):
        parse_oem(bytes(text))
