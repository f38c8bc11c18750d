"""`manage.py element_errors FILE…`: how real element sets age, held against what the tier table promises.

Each set forecasts the epoch of every later one; what the later set says there counts as true. Nothing is loaded.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules.orbit import parse_elements
from modules.orbit.drift import ErrorGrowth, error_growth
from modules.orbit.elements import ElementSet
from modules.orbit.exceptions import ElementsError, OrbitError
from modules.orbit.sources import MAX_ELEMENTS_BYTES, read_file

KEPT = 0.92
"""What the tier table's source found of 1,068 sets: the least share of times inside their promise."""

_HEAD = f"{'age in days':>12}{'times':>9}{'median s':>10}{'90 % s':>9}{'greatest s':>12}{'promise s':>11}{'inside':>9}"


class Command(BaseCommand):
    help = "Print how the forecasts of element sets err with their age, beside what the tiers promise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="Element sets of one satellite.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sets = [each for path in options["files"] for each in _read(path)]
            lines = error_growth(sets)
        except OrbitError as problem:
            raise CommandError(" ".join(str(problem).split())) from problem
        self.stdout.write(f"{len(sets)} element sets\n{_HEAD}")
        for line in lines:
            self.stdout.write(_row(line))
        broken = [line for line in lines if line.inside < KEPT]
        if broken:
            raise CommandError(f"Fewer than {KEPT:.0%} of the times keep the promise at {_ages(broken[0])} days.")
        self.stdout.write(f"Every promise is kept by {KEPT:.0%} of the times or more.")


def _read(path: Path) -> tuple[ElementSet, ...]:
    return parse_elements(read_file(path, MAX_ELEMENTS_BYTES, ElementsError))


def _row(line: ErrorGrowth) -> str:
    return (
        f"{_ages(line):>12}{line.count:>9,}{line.median_s:>10.2f}{line.ninetieth_percentile_s:>9.2f}"
        f"{line.greatest_s:>12.1f}{line.promise_seconds:>11.0f}{line.inside:>9.1%}"
    )


def _ages(line: ErrorGrowth) -> str:
    return f"{line.from_days:g} to {line.to_days:g}"
