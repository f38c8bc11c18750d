"""`manage.py load_see1`: SEE-1 with its zones, phases, rules, places and rates, where they are not there yet."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.founding import load_see1


class Command(BaseCommand):
    help = "Load SEE-1 from its published facts. Safe to repeat: what is there is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        module, created = load_see1(at=timezone.now())
        self.stdout.write(f"{module.name}: {'loaded' if created else 'there already'}.")
