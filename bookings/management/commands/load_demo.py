"""`manage.py load_demo`: people, productions and a schedule around today, for the demo alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookings.demo import DemoRefused, load_demo


class Command(BaseCommand):
    help = "Load the demo. Safe to repeat: what is there is left as it is. Refused where DEBUG is off."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            people, fresh = load_demo(at=timezone.now())
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        said = "loaded" if fresh else "there already"
        names = f"{people.producer.organisation.name} and {people.rival.organisation.name}"
        self.stdout.write(f"The demo of {names} is {said}.")
