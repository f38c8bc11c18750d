"""One element set of the ISS in each notation, for tests."""

import json

LINE_1 = "1 25544U 98067A   26060.57520306  .00009927  00000+0  19202-3 0  9995"
LINE_2 = "2 25544  51.6320 112.4722 0008284 146.1756 213.9762 15.48382986555076"
OTHER_1 = "1 39070U 13004A   26150.59003777  .00000090  00000+0  00000+0 0  9996"
OTHER_2 = "2 39070   3.4954  30.9659 0005034  18.3204 236.9077  1.00276558 46512"

FIELDS = {
    "OBJECT_NAME": "ISS (ZARYA)",
    "OBJECT_ID": "1998-067A",
    "EPOCH": "2026-03-01T13:48:17.544384",
    "MEAN_MOTION": "15.48382986",
    "ECCENTRICITY": ".0008284",
    "INCLINATION": "51.6320",
    "RA_OF_ASC_NODE": "112.4722",
    "ARG_OF_PERICENTER": "146.1756",
    "MEAN_ANOMALY": "213.9762",
    "EPHEMERIS_TYPE": "0",
    "CLASSIFICATION_TYPE": "U",
    "NORAD_CAT_ID": "25544",
    "ELEMENT_SET_NO": "999",
    "REV_AT_EPOCH": "55507",
    "BSTAR": ".19202E-3",
    "MEAN_MOTION_DOT": ".9927E-4",
    "MEAN_MOTION_DDOT": "0",
}


def tle(*lines):
    return "\n".join(lines or ("ISS (ZARYA)", LINE_1, LINE_2)).encode()


def with_checksum(line):
    """The line with its checksum put right."""
    body = line[:68]
    return f"{body}{(sum(int(sign) for sign in body if sign.isdigit()) + body.count('-')) % 10}"


def as_json(**changes):
    return json.dumps([FIELDS | changes]).encode()


def as_csv(**changes):
    fields = FIELDS | changes
    return "\r\n".join([",".join(fields), ",".join(fields.values())]).encode()


def as_kvn(**changes):
    lines = [f"{word} = {value}" for word, value in (FIELDS | changes).items()]
    return "\n".join(["CCSDS_OMM_VERS = 2.0", "COMMENT made for a test", *lines]).encode()


def as_xml(**changes):
    leaves = "".join(f"<{word}>{value}</{word}>" for word, value in (FIELDS | changes).items())
    return (
        '<?xml version="1.0"?><ndm><omm id="CCSDS_OMM_VERS" version="2.0"><header><ORIGINATOR/></header>'
        f"<body><segment><metadata>{leaves}</metadata><data/></segment></body></omm></ndm>"
    ).encode()


NOTATIONS = {"tle": tle, "json": as_json, "csv": as_csv, "kvn": as_kvn, "xml": as_xml}
OMM = {name: write for name, write in NOTATIONS.items() if name != "tle"}
EVERY_FILE = [write() for write in NOTATIONS.values()]
