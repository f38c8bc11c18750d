"""`manage.py import_ephemeris FILE…`: an operator's ephemeris, its events into closures, their bookings looked at.

Each file is taken whole or not at all. Several are loaded in the order in which their operator made them, whatever
the order they are named in, so that the newest has the last word.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from bookings import actors, replanning
from bookings.management.loading import LoadingCommand
from bookings.replanning.showing import NOTHING_CHANGED, showing, touched
from modules import operations
from modules.exceptions import ModuleError
from modules.models import Module
from modules.operations import Loaded, Reading
from modules.orbit.exceptions import EphemerisError
from modules.orbit.sources import MAX_EPHEMERIS_BYTES, read_file

ORDER = ("new", "moved", "renamed", "unchanged", "vanished", "still missing", "unclear")


class Command(LoadingCommand):
    help = "Load ephemerides (CCSDS OEM, XML or KVN, plain or gzip); their events open, move and mark closures."

    def handle(self, *args: Any, **options: Any) -> None:
        module = self.module(options)
        self.refused, self.shows = 0, options["dry_run"]
        readings = [reading for path in options["files"] for reading in self._read(path)]
        with showing(keep=not options["dry_run"]):
            for reading in sorted(readings, key=lambda reading: reading.created_at):
                self._load(module, reading)
        if options["dry_run"]:
            self.stdout.write(NOTHING_CHANGED)
        if self.refused:
            raise SystemExit(1)

    def _read(self, path: Path) -> Iterator[Reading]:
        try:
            content = read_file(path, MAX_EPHEMERIS_BYTES, EphemerisError)
            yield operations.read_ephemeris(name=path.name, content=content, at=timezone.now())
        except (ModuleError, EphemerisError) as problem:
            self._refuse(problem)

    def _load(self, module: Module, reading: Reading) -> None:
        change = partial(operations.load_ephemeris, module=module, reading=reading)
        reason = f"Ephemeris {reading.name}"
        try:
            done = replanning.apply(module, change, reason=reason, actor=actors.clock("import"), at=timezone.now())
        except ModuleError as problem:
            self._refuse(problem)
            return
        for line in lines(done.result):
            self.stdout.write(line)
        if done.result.touched:
            self.stdout.write(f"bookings: {done.reviewed.sentence}")
            for line in touched(done.revision) if self.shows else ():
                self.stdout.write(line)

    def _refuse(self, problem: Exception) -> None:
        self.refused += 1
        self.stderr.write(" ".join(str(problem).split()))


def lines(loaded: Loaded) -> Iterator[str]:
    """What was loaded: the file, one line an event kind, and what staff should look at."""
    file = loaded.file
    if loaded.is_new:
        covers = f"{file.starts_at:%Y/%j %H:%M} to {file.ends_at:%Y/%j %H:%M} GMT"
        yield f"{file.name}: {file.object_name}, {covers}, made {file.created_at:%Y/%j %H:%M} GMT"
    for note in loaded.notes:
        yield f"{file.name}: {note}"
    for kind in sorted(loaded.counts):
        yield f"{kind}: {_counted(loaded.counts[kind])}"
    for review in loaded.reviews:
        yield f"review: {review}"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[what]} {what}" for what in ORDER if counts[what])
