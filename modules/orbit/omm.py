"""CCSDS Orbit Mean-Elements Messages as JSON, XML, KVN and CSV: one set of keywords in four notations.

JSON and CSV are CelesTrak's and Space-Track's, with the keywords of the standard (502.0-B) as names. Keys
beyond those used are ignored, as the standard lets writers add; keys that change the meaning (another
theory, frame or time scale) are refused.
"""

import csv
import json
import math
from collections.abc import Mapping

from modules.orbit.ccsds import MalformedError, kvn_blocks, looks_like_xml, xml_blocks
from modules.orbit.elements import ElementSet, checked, normalised_object_id
from modules.orbit.exceptions import ElementsError
from modules.orbit.times import parse_epoch

Fields = Mapping[str, object]

MEANINGS: Mapping[str, frozenset[str]] = {
    "CENTER_NAME": frozenset({"EARTH"}),
    "REF_FRAME": frozenset({"TEME", "TEMEOFEPOCH"}),
    "TIME_SYSTEM": frozenset({"UTC"}),
    "MEAN_ELEMENT_THEORY": frozenset({"SGP4", "SGP/SGP4"}),
    "EPHEMERIS_TYPE": frozenset({"0", "2"}),
}
"""What each keyword may say where it is there; ephemeris type 4 is SGP4-XP, another theory."""


def looks_like_json(text: str) -> bool:
    """Whether the text opens as an object or a list."""
    return text.lstrip()[:1] in {"{", "["}


def looks_like_csv(text: str) -> bool:
    """Whether the first line names the keywords, between commas."""
    header = text.lstrip().partition("\n")[0]
    return "MEAN_MOTION" in header.upper() and "," in header


def looks_like_kvn(text: str) -> bool:
    """Whether the text is a keyword-value message."""
    return "CCSDS_OMM_VERS" in text


def parse_omm(text: str) -> list[ElementSet]:
    """Every set in the text, in its order, whichever notation; ElementsError names the set that is wrong."""
    try:
        records = _records(text)
    except (MalformedError, ValueError, csv.Error, RecursionError) as problem:
        reason = problem if isinstance(problem, MalformedError) else "it is broken or cut short"
        raise ElementsError(f"The OMM cannot be read: {reason}.") from problem
    return [_element_set(fields, place) for place, fields in enumerate(records, 1)]


def _records(text: str) -> list[Fields]:
    if looks_like_json(text):
        return _json_records(text)
    if looks_like_xml(text):
        return [dict(block) for block in xml_blocks(text)]
    if looks_like_kvn(text):
        return [dict(block) for block in kvn_blocks(text, opens="CCSDS_OMM_VERS")]
    return _csv_records(text)


def _json_records(text: str) -> list[Fields]:
    content = json.loads(text)
    records = content if isinstance(content, list) else [content]
    if not all(isinstance(record, dict) for record in records):
        raise MalformedError("it is not a list of element sets")
    return records


def _csv_records(text: str) -> list[Fields]:
    records = list(csv.DictReader(text.lstrip().splitlines(), strict=True))
    if any(None in record or None in record.values() for record in records):
        raise MalformedError("a row has more or fewer columns than the first line names")
    return list(records)


def _element_set(fields: Fields, place: int) -> ElementSet:
    try:
        return checked(_from_fields(_with_clean_values(fields)))
    except (ValueError, ElementsError) as problem:
        raise ElementsError(f"Element set {place}: {str(problem).rstrip('.')}.") from problem


def _with_clean_values(fields: Fields) -> dict[str, str]:
    """Values as trimmed text, absent ones dropped; a list or an object as value is refused."""
    clean = {}
    for key, value in fields.items():
        if isinstance(value, dict | list | bool):
            raise ValueError(f"{str(key)[:30]} is not a number or a text")
        if value is not None and str(value).strip():
            clean[str(key).strip().upper()] = str(value).strip()
    return clean


def _from_fields(fields: dict[str, str]) -> ElementSet:
    _check_meanings(fields)
    return ElementSet(
        name=fields.get("OBJECT_NAME", ""),
        norad_id=_whole(fields, "NORAD_CAT_ID"),
        object_id=normalised_object_id(fields.get("OBJECT_ID", "")),
        epoch_s=parse_epoch(_required(fields, "EPOCH")),
        mean_motion_rev_day=_number(fields, "MEAN_MOTION"),
        eccentricity=_number(fields, "ECCENTRICITY"),
        inclination_degrees=_number(fields, "INCLINATION"),
        raan_degrees=_number(fields, "RA_OF_ASC_NODE"),
        argument_of_perigee_degrees=_number(fields, "ARG_OF_PERICENTER"),
        mean_anomaly_degrees=_number(fields, "MEAN_ANOMALY"),
        bstar=_number(fields, "BSTAR"),
        mean_motion_dot=_number({"MEAN_MOTION_DOT": "0"} | fields, "MEAN_MOTION_DOT"),
        mean_motion_ddot=_number({"MEAN_MOTION_DDOT": "0"} | fields, "MEAN_MOTION_DDOT"),
        element_set_number=_whole({"ELEMENT_SET_NO": "0"} | fields, "ELEMENT_SET_NO"),
        revolution_field=_whole({"REV_AT_EPOCH": "0"} | fields, "REV_AT_EPOCH"),
    )


def _check_meanings(fields: dict[str, str]) -> None:
    for keyword, allowed in MEANINGS.items():
        value = fields.get(keyword, "").upper().replace(" ", "")
        if value and value not in allowed:
            raise ValueError(f"{keyword} is {value[:30]}, only {' or '.join(sorted(allowed))} is understood")


def _required(fields: dict[str, str], keyword: str) -> str:
    if keyword not in fields:
        raise ValueError(f"{keyword} is missing")
    return fields[keyword]


def _number(fields: dict[str, str], keyword: str) -> float:
    text = _required(fields, keyword)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise ValueError(f"{keyword} is “{text[:30]}”, not a number")
    return value


def _whole(fields: dict[str, str], keyword: str) -> int:
    value = _number(fields, keyword)
    if value != int(value) or value < 0:
        raise ValueError(f"{keyword} is “{fields[keyword][:30]}”, not a whole number")
    return int(value)
