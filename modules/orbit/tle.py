"""Two-line element sets, with or without a line of name above.

The columns are fixed (Space-Track's description of the format). Each line ends in a checksum: the sum of
its digits, a minus sign counting one, modulo ten. Catalogue numbers above 99,999 replace the first digit
by a letter, A for 10 to Z for 33, without I and O.
"""

import re
from collections.abc import Iterator

from modules.orbit.elements import ElementSet, checked, four_digit_year, normalised_object_id
from modules.orbit.exceptions import ElementsError
from modules.orbit.times import DAY_S, day_of_year, unix_seconds

LINE_LENGTH = 69
ALPHA5 = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

LINE_1 = re.compile(
    r"1 (?P<norad>[ A-Z\d][ \d]{3}\d)[A-Z ] (?P<object>[ A-Z\d]{8}) (?P<year>\d\d)(?P<day>[ \d]{2}\d)"
    r"(?P<fraction>\.[\d ]{8}) (?P<dot>[ +-]\.\d{8}) (?P<ddot>[ +-][ \d]{5}[+-]\d)"
    r" (?P<bstar>[ +-][ \d]{5}[+-]\d) [ \d] (?P<number>[ \d]{4})\d",
    re.ASCII,
)
LINE_2 = re.compile(
    r"2 (?P<norad>[ A-Z\d][ \d]{3}\d) (?P<inclination>[ \d]{3}\.[\d ]{4}) (?P<raan>[ \d]{3}\.[\d ]{4})"
    r" (?P<eccentricity>[ \d]{7}) (?P<perigee>[ \d]{3}\.[\d ]{4}) (?P<anomaly>[ \d]{3}\.[\d ]{4})"
    r" (?P<motion>[ \d]{2}\.[\d ]{8})(?P<revolution>[ \d]{5})\d",
    re.ASCII,
)


def looks_like_tle(text: str) -> bool:
    """Whether some line begins as the first line of a set does."""
    return re.search(r"^1 [ A-Z\d]{5}[A-Z ] ", text, re.M) is not None


def parse_tle(text: str) -> list[ElementSet]:
    """Every set in the text, in its order; ElementsError names the line that is wrong."""
    return [_element_set(name, first, second) for name, first, second in _groups(text)]


Line = tuple[int, str]


def _groups(text: str) -> Iterator[tuple[str, Line, Line]]:
    """(name, line 1, line 2) of each set, lines numbered from 1; what is left over is a fault."""
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    index = 0
    while index < len(lines):
        name = ""
        if not lines[index][1].startswith("1 "):
            name, index = lines[index][1].removeprefix("0 ").strip(), index + 1
        if index + 2 > len(lines):
            raise ElementsError(f"The file is cut short: line {lines[-1][0]} has no second line after it.")
        yield name, lines[index], lines[index + 1]
        index += 2


def _element_set(name: str, first: Line, second: Line) -> ElementSet:
    one, two = _fields(LINE_1, first), _fields(LINE_2, second)
    if one["norad"] != two["norad"]:
        raise ElementsError(f"Lines {first[0]} and {second[0]} are of different satellites.")
    try:
        return checked(_from_fields(name, one, two))
    except ValueError as problem:
        raise ElementsError(f"Line {first[0]}: {problem}.") from problem
    except ElementsError as problem:
        raise ElementsError(f"Line {first[0]}: {problem}") from problem


def _fields(form: re.Pattern[str], line: Line) -> dict[str, str]:
    number, text = line
    if not text.startswith(form.pattern[:2]):
        raise ElementsError(f"Line {number} should begin with “{form.pattern[:2]}”, as a TLE's does.")
    if len(text) != LINE_LENGTH:
        raise ElementsError(f"Line {number} has {len(text)} characters instead of {LINE_LENGTH}.")
    if str(checksum(text)) != text[-1]:
        raise ElementsError(f"Line {number}: the checksum is {checksum(text)}, the line says {text[-1]}.")
    found = form.fullmatch(text)
    if found is None:
        raise ElementsError(f"Line {number} does not keep to the columns of a TLE.")
    return found.groupdict()


def checksum(line: str) -> int:
    """The checksum of a line's first 68 characters."""
    body = line[: LINE_LENGTH - 1]
    return (sum(int(sign) for sign in body if sign in "0123456789") + body.count("-")) % 10


def _from_fields(name: str, one: dict[str, str], two: dict[str, str]) -> ElementSet:
    return ElementSet(
        name=name,
        norad_id=_catalogue_number(one["norad"]),
        object_id=normalised_object_id(one["object"]),
        epoch_s=_epoch_s(one),
        mean_motion_rev_day=float(two["motion"]),
        eccentricity=float("0." + two["eccentricity"].replace(" ", "0")),
        inclination_degrees=float(two["inclination"]),
        raan_degrees=float(two["raan"]),
        argument_of_perigee_degrees=float(two["perigee"]),
        mean_anomaly_degrees=float(two["anomaly"]),
        bstar=_exponential(one["bstar"]),
        mean_motion_dot=float(one["dot"].replace(" ", "")),
        mean_motion_ddot=_exponential(one["ddot"]),
        element_set_number=int(one["number"].strip() or 0),
        revolution_field=int(two["revolution"].strip() or 0),
    )


def _epoch_s(one: dict[str, str]) -> float:
    midnight = day_of_year(four_digit_year(int(one["year"])), int(one["day"]))
    return unix_seconds(midnight) + float("0" + one["fraction"].strip()) * DAY_S


def _exponential(field: str) -> float:
    """` 19202-3` is 0.19202e-3: the point stands before the first digit."""
    sign = "-" if field[0] == "-" else ""
    return float(f"{sign}0.{field[1:6].replace(' ', '0')}e{field[6:]}")


def _catalogue_number(field: str) -> int:
    digits = field.strip()
    if digits[0].isalpha():
        return ALPHA5.index(digits[0]) * 10_000 + int(digits[1:])
    return int(digits)
