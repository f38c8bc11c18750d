"""What changes seldom of a module (its zones, phases and flight rules), kept by each process, never stale.

Whoever writes to one of these tables, by whatever door, changes the module's `revision`: triggers in the database
see to that. So one short read of the revision tells whether what this process read before is still so. Read it with
the module shared or owned, and it stays so until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from modules.models import Module, Phase, Zone


@dataclass(frozen=True, slots=True)
class Schedule:
    """A module with its zones and phases (rules included) as of `revision`. Shared: nothing of it may be changed."""

    revision: UUID
    module: Module
    zones: Sequence[Zone]
    phases: Sequence[Phase]


_known: dict[int, Schedule] = {}


def schedule_of(module_id: int) -> Schedule:
    """The schedule as it is now."""
    revision = revision_of(module_id)
    known = _known.get(module_id)
    if known is None or known.revision != revision:
        known = _known[module_id] = _read(module_id, revision)
    return known


def revision_of(module_id: int) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM modules_module WHERE id = %s", [module_id])
        found = cursor.fetchone()
    if found is None:
        raise Module.DoesNotExist(f"There is no module {module_id}.")
    revision: UUID = found[0]
    return revision


def _read(module_id: int, revision: UUID) -> Schedule:
    """The revision was read first: what is read now may be newer than it says, and is then read again next time."""
    return Schedule(
        revision=revision,
        module=Module.objects.get(pk=module_id),
        zones=list(Zone.objects.filter(module=module_id)),
        phases=list(Phase.objects.filter(module=module_id).with_rules()),
    )
