#!/usr/bin/env python3
"""Django's command line for SEE-1 Bookings."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.dev")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
