"""References that can be said over a radio: `KADOM-2731`."""

import secrets

from bookings.models import Booking

_CONSONANTS = "BDFGKLMNPRSTVZ"
_VOWELS = "AEIOU"


def _draw() -> str:
    letters = "".join(secrets.choice(_VOWELS if place % 2 else _CONSONANTS) for place in range(5))
    return f"{letters}-{secrets.randbelow(10_000):04d}"


def new_reference() -> str:
    """One of 686 million that no booking bears; random, so that it tells nothing of how many there are."""
    while Booking.objects.filter(reference=(reference := _draw())).exists():
        pass
    return reference
