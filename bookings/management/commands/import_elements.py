"""`manage.py import_elements FILE…`: orbit elements in any notation, then the bookings that hang on them looked at.

All files are read before anything is loaded: where one cannot be used, none is.
"""

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from bookings import actors, replanning
from bookings.management.loading import LoadingCommand
from bookings.replanning.showing import NOTHING_CHANGED, showing, touched
from modules import operations
from modules.exceptions import ModuleError
from modules.models import Module
from modules.operations import ElementsReading
from modules.orbit.exceptions import ElementsError
from modules.orbit.sources import MAX_ELEMENTS_BYTES, read_file


class Command(LoadingCommand):
    help = "Load orbit elements: OMM as JSON, XML, KVN or CSV, or TLE, plain or gzip. Told from the content."

    def handle(self, *args: Any, **options: Any) -> None:
        module = self.module(options)
        self.shows = options["dry_run"]
        readings = [self._read(path) for path in options["files"]]
        with showing(keep=not self.shows):
            for reading in readings:
                self._load(module, reading)
        if self.shows:
            self.stdout.write(NOTHING_CHANGED)

    def _read(self, path: Path) -> ElementsReading:
        try:
            content = read_file(path, MAX_ELEMENTS_BYTES, ElementsError)
            return operations.read_elements(name=path.name, content=content, at=timezone.now())
        except (ModuleError, ElementsError) as problem:
            raise CommandError(" ".join(str(problem).split())) from problem

    def _load(self, module: Module, reading: ElementsReading) -> None:
        change = partial(operations.load_elements, module=module, reading=reading)
        reason = f"Orbit elements {reading.name}"
        done = replanning.apply(module, change, reason=reason, actor=actors.clock("import"), at=timezone.now())
        for loaded in done.result.sets:
            self.stdout.write(loaded.line)
        if done.reviewed.flagged or done.reviewed.cleared:
            self.stdout.write(f"bookings: {done.reviewed.sentence}")
            for line in touched(done.revision) if self.shows else ():
                self.stdout.write(line)
