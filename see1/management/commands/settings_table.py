"""`python manage.py settings_table`: every setting, as docs/operations/settings.md has it."""

from typing import Any

from django.core.management.base import BaseCommand

from see1.settings.catalogue import as_markdown


class Command(BaseCommand):
    help = "Print the table of all settings."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
