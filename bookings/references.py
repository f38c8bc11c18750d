"""References that can be said over a radio: `KADOM-2731`."""

import secrets

_CONSONANTS = "BDFGKLMNPRSTVZ"
_VOWELS = "AEIOU"


def new_reference() -> str:
    """One of 686 million, at random, so that it tells nothing of how many there are; it may be in use already."""
    letters = "".join(secrets.choice(_VOWELS if place % 2 else _CONSONANTS) for place in range(5))
    return f"{letters}-{secrets.randbelow(10_000):04d}"
