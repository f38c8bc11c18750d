#!/usr/bin/env python3
"""Django's command line for SEE-1 Bookings."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.dev")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"SEE-1 Bookings does not start: {error}")  # one sentence says more than where it was thrown
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"The database does not answer: {error}".rstrip() + "\nIs `make run` on, or DATABASE_URL set right?")


if __name__ == "__main__":
    main()
