"""Everything that can go wrong in the orbit package, as one tree.

    OrbitError
    ├── ElementsError      an element set, or the file that holds it, cannot be used
    ├── EphemerisError     an operator's ephemeris file cannot be used
    └── OutOfRange         a time, angle or place outside what can be computed
        └── NotCovered     times that an ephemeris, or an element set, does not reach

Each message is one line, made for the person who chose the file or typed the number.
"""


class OrbitError(Exception):
    """Root of the tree; `code` is the stable name that an API answers with."""

    code = "orbit_error"


class ElementsError(OrbitError):
    """An element file or set that cannot be used; nothing of it is returned."""

    code = "elements_invalid"


class EphemerisError(OrbitError):
    """An ephemeris file that cannot be used; nothing of it is returned."""

    code = "ephemeris_invalid"


class OutOfRange(OrbitError):
    """A value outside the domain of a computation."""

    code = "out_of_range"


class NotCovered(OutOfRange):
    """Times for which a trajectory has no position."""

    code = "not_covered"
