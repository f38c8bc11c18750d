"""Bring the database up to date: migrations, SEE-1 itself, and the demo unless DEMO=0. Safe to repeat."""

import django
from django.conf import settings
from django.core.management import call_command, get_commands

from see1.embedded.demo import demo_wanted


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False)
    if settings.APPLICATION_DATABASE_URL:
        call_command("application_role")
    call_command("load_see1")
    if demo_wanted() and "load_demo" in get_commands():
        call_command("load_demo")


if __name__ == "__main__":
    main()
