"""Load orbit elements: read whole or not at all, held against those before them, kept beside them.

A set that disagrees with its nearest neighbour by more than a reboost can explain is quarantined: kept, shown to
staff, and used for nothing until they accept it. One of an epoch that is there already takes its place.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from modules.conditions.sources import phase_at
from modules.exceptions import ImportRefused
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import ElementFile, Module, OrbitElements, Phase
from modules.models.elements import ELEMENT_FIELDS
from modules.operations.changes import gmt, said
from modules.operations.continuity import disagreement, unlike, unusable
from modules.orbit import ElementSet, OrbitError, parse_elements, utc_datetime

LARGEST = 2_147_483_647


@dataclass(frozen=True, slots=True)
class ElementsReading:
    """A file of elements that was read and can be loaded."""

    name: str
    content: bytes
    sets: tuple[ElementSet, ...]


@dataclass(frozen=True, slots=True)
class LoadedSet:
    elements: OrbitElements
    is_new: bool

    @property
    def line(self) -> str:
        """What became of it, in one line."""
        kept = self.elements
        what = "already loaded" if not self.is_new else str(kept.status)
        why = f": {kept.review}" if kept.status == OrbitElements.Status.QUARANTINED else ""
        return f"{kept.norad_id} {kept.name}".strip() + f", epoch {gmt(kept.epoch)}: {what}{why}"


@dataclass(frozen=True, slots=True)
class LoadedElements:
    """What loading a file came to. The schedule is not touched; what bookings ask of the orbit may be."""

    sets: tuple[LoadedSet, ...]
    touched: Spans = field(default_factory=Spans)

    @property
    def accepted(self) -> list[OrbitElements]:
        """The new ones that now answer."""
        return [s.elements for s in self.sets if s.is_new and s.elements.status == OrbitElements.Status.ACCEPTED]


@dataclass(frozen=True, slots=True)
class ReviewedElements:
    """A set that staff decided on."""

    elements: OrbitElements
    touched: Spans = field(default_factory=Spans)


def read_elements(*, name: str, content: bytes, at: datetime) -> ElementsReading:
    """Read a file of elements of one satellite. Raises ImportRefused, one line, where it cannot be used."""
    try:
        sets = parse_elements(content, at=at)
    except OrbitError as problem:
        raise ImportRefused(f"{name}: {problem}") from problem
    if any(max(each.element_set_number, each.revolution_field) > LARGEST for each in sets):
        raise ImportRefused(f"{name}: A set number or revolution number is beyond all reason.")
    return ElementsReading(name, content, sets)


def load_elements(
    *, module: Module, reading: ElementsReading, at: datetime, by: str, reason: str = ""
) -> LoadedElements:
    """Keep the sets of a file; those that are there already change nothing. The file is its own reason."""
    with transaction.atomic():
        own_module(module.pk)
        known = _Known(module)
        file: ElementFile | None = None
        loaded = []
        for each in reading.sets:
            same = known.same(each)
            if same is None and file is None:
                file = _kept(module, reading, at=at, by=by)
            loaded.append(LoadedSet(same, False) if same else LoadedSet(known.add(each, file, at=at, by=by), True))
    return LoadedElements(tuple(loaded))


def accept_elements(*, elements_id: int, reason: str, at: datetime, by: str) -> ReviewedElements:
    """Staff's word that a quarantined set is right: from now on it answers."""
    return _reviewed(elements_id, OrbitElements.Status.ACCEPTED, "accepted", reason=reason, at=at, by=by)


def quarantine_elements(*, elements_id: int, reason: str, at: datetime, by: str) -> ReviewedElements:
    """Staff's word that an accepted set is wrong: from now on others answer for its time."""
    return _reviewed(elements_id, OrbitElements.Status.QUARANTINED, "quarantined", reason=reason, at=at, by=by)


def _reviewed(pk: int, status: str, verb: str, *, reason: str, at: datetime, by: str) -> ReviewedElements:
    reason = said(reason)
    found = OrbitElements.objects.filter(pk=pk).values_list("module_id", flat=True)
    with transaction.atomic():
        for module_id in found:
            own_module(module_id)
        elements = OrbitElements.objects.select_related("module").filter(pk=pk).first()
        if elements is None:
            raise ImportRefused("There is no such element set.")
        if elements.status == status:
            raise ImportRefused(f"{elements} is {verb} already.")
        if status == OrbitElements.Status.ACCEPTED:
            _supersede(elements)
        elements.status = status
        elements.review = f"{elements.review}\n{verb} {gmt(at)} by {by}: {reason}".strip()
        elements.save(update_fields=["status", "review"])
    return ReviewedElements(elements)


def _supersede(elements: OrbitElements) -> None:
    """Make way at this epoch."""
    OrbitElements.objects.accepted().filter(
        module=elements.module, phase_kind=elements.phase_kind, nominal=elements.nominal, epoch=elements.epoch
    ).update(status=OrbitElements.Status.SUPERSEDED)


def _kept(module: Module, reading: ElementsReading, *, at: datetime, by: str) -> ElementFile:
    return ElementFile.objects.create(
        module=module,
        name=reading.name[:200],
        sha256=hashlib.sha256(reading.content).hexdigest(),
        content=gzip.compress(reading.content, mtime=0),
        loaded_at=at,
        loaded_by=by[:200],
    )


class _Known:
    """The real sets of a module, to hold new ones against."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.phases: Sequence[Phase] = list(Phase.objects.filter(module=module))
        self.sets = list(OrbitElements.objects.filter(module=module, nominal=False))

    def same(self, elements: ElementSet) -> OrbitElements | None:
        """The very same set, where it was loaded before."""
        epoch = utc_datetime(elements.epoch_s)
        return next((each for each in self.sets if each.epoch == epoch and _equal(each, elements)), None)

    def add(self, elements: ElementSet, file: ElementFile | None, *, at: datetime, by: str) -> OrbitElements:
        new = row_of(elements, self.module, self.phases, at=at, by=by)
        new.file, new.source = file, file.name if file else ""
        new.review = unusable(elements) or self._disagreement(new, elements)
        if new.review:
            new.status = OrbitElements.Status.QUARANTINED
        else:
            _supersede(new)
            self.sets = [each for each in self.sets if not (each.epoch == new.epoch and _answers(each))]
        new.save(force_insert=True)
        self.sets.append(new)
        return new

    def _disagreement(self, new: OrbitElements, elements: ElementSet) -> str:
        """With the nearest real set; the very first is held against the nominal one, loosely."""
        neighbour = self._neighbour(new)
        if neighbour is not None:
            return disagreement(neighbour.as_elements(), elements)
        made_up = OrbitElements.objects.accepted().filter(module=self.module, phase_kind=new.phase_kind, nominal=True)
        nominal = made_up.order_by("-epoch").first()
        return unlike(nominal.as_elements(), elements) if nominal else ""

    def _neighbour(self, new: OrbitElements) -> OrbitElements | None:
        """The accepted set of the same kind that is nearest in epoch, the same epoch left out."""
        others = [e for e in self.sets if _answers(e) and e.phase_kind == new.phase_kind and e.epoch != new.epoch]
        return min(others, key=lambda each: abs(each.epoch - new.epoch), default=None)


def row_of(elements: ElementSet, module: Module, phases: Sequence[Phase], *, at: datetime, by: str) -> OrbitElements:
    """The row that keeps `elements`, not saved."""
    epoch = utc_datetime(elements.epoch_s)
    phase = phase_at(phases, epoch)
    values = {name: getattr(elements, name) for name in ELEMENT_FIELDS}
    return OrbitElements(
        module=module,
        phase_kind=phase.kind if phase else "",
        nominal=elements.nominal,
        loaded_at=at,
        loaded_by=by[:200],
        epoch=epoch,
        **{**values, "name": elements.name[:100], "object_id": elements.object_id[:20]},
    )


def _answers(elements: OrbitElements) -> bool:
    return elements.status == OrbitElements.Status.ACCEPTED


def _equal(kept: OrbitElements, elements: ElementSet) -> bool:
    return all(
        getattr(kept, name) == getattr(elements, name) for name in ELEMENT_FIELDS if name not in ("name", "object_id")
    )
