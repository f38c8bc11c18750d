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

from modules.intervals import Span
from modules.locking import sharing_module
from modules.models import Module, Phase, Zone


@dataclass(frozen=True, slots=True)
class Schedule:
    """A module with its zones and phases (rules included) as of `revision`. Shared: nothing of it may be changed."""

    revision: UUID
    module: Module
    zones: Sequence[Zone]
    phases: Sequence[Phase]


_known: dict[int, Schedule] = {}


def schedule_of(module_id: int, *, revision: UUID | None = None) -> Schedule:
    """The schedule as it is now; `revision` where it was just read."""
    revision = revision or revision_of(module_id)
    known = _known.get(module_id)
    if known is None or known.revision != revision:
        known = _known[module_id] = _read(module_id, revision)
    return known


def share(slug: str, span: Span) -> tuple[Schedule, bool] | None:
    """Keep the module of this slug (see `module_named`) as it is until the transaction ends; its schedule as it is now,
    and whether anything of it is closed during `span`. None where there is no such module.

    One message both locks and reads. Which module to lock is what this process knows of the slug; that is looked at
    under the lock, and where it was wrong the right one is locked.
    """
    module_id = _known_ids.get(slug) or _id_of(slug)
    while module_id is not None:
        lock, locked = sharing_module(module_id)
        with connection.cursor() as cursor:
            cursor.execute(f"{lock}; {_SHARED}", [*locked, span.starts_at, span.ends_at, slug])
            found = cursor.fetchone()
        if found is not None and found[0] == module_id:
            _known_ids[slug] = module_id
            return schedule_of(module_id, revision=found[1]), found[2]
        module_id = found[0] if found else None
    return None


_known_ids: dict[str, int] = {}
_SHARED = (
    "SELECT id, revision, EXISTS (SELECT FROM modules_closure AS closure WHERE closure.module_id = module.id"
    " AND closure.withdrawn_at IS NULL AND closure.ends_at > %s AND closure.starts_at < %s)"
    " FROM modules_module AS module WHERE %s IN ('', slug) ORDER BY position, slug LIMIT 1"
)


def module_named(slug: str = "") -> Module | None:
    """The module of this slug, or the first one where none is named; None where there is none."""
    module_id = _id_of(slug)
    return None if module_id is None else schedule_of(module_id).module


def _id_of(slug: str) -> int | None:
    modules = Module.objects.filter(slug=slug) if slug else Module.objects.all()
    return modules.values_list("pk", flat=True).first()


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
