"""What changes seldom of a module (its zones, phases and flight rules), kept by each process, never stale.

Whoever writes to one of these tables, by whatever door, changes the module's `revision`: triggers in the database
see to that. So one short read of the revision tells whether what this process read before is still so. Read it with
the module shared or owned, and it stays so until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from modules.intervals import Span
from modules.locking import sharing_module
from modules.models import Module, Phase, Zone
from modules.planned import planned, send


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


@dataclass(frozen=True, slots=True)
class Along:
    """What goes in the message that shares a module: a further lock, and a question that is asked under both.

    `lock` is a statement of its own; `question` answers with one value.
    """

    lock: str
    locked: Sequence[Any]
    question: str
    asked: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Shared:
    """A module that stays as it is: its schedule, whether any of it is closed, and the answer to what went along."""

    schedule: Schedule
    is_closed: bool
    answer: Any = None


def share(slug: str, span: Span, along: Along | None = None) -> Shared | None:
    """Keep the module of this slug (see `module_named`) as it is until the transaction ends; its schedule as it is now,
    and whether anything of it is closed during `span`. None where there is no such module.

    One message both locks and reads. Which module to lock is what this process knows of the slug; that is looked at
    under the lock, and where it was wrong the right one is locked, and what went `along` has no answer.
    """
    module_id = _known_ids.get(slug) or _id_of(slug)
    while module_id is not None:
        lock, parameters = sharing_module(module_id)
        sql = planned(lock)
        if along is not None:
            sql, parameters = f"{sql}; {planned(along.lock)}", [*parameters, *along.locked]
        question, asked = (along.question, along.asked) if along is not None else ("NULL", [])
        sql = f"{sql}; {planned(_SHARED.format(along=question))}"
        found = send(sql, [*parameters, span.starts_at, span.ends_at, *asked, slug])
        pk, revision, is_closed, answer = found[0] if found else (None, None, False, None)
        if pk == module_id:
            _known_ids[slug] = module_id
            return Shared(schedule_of(module_id, revision=revision), is_closed, answer)
        module_id, along = pk, None
    return None


def schedule_known(slug: str) -> Schedule | None:
    """What this process last read of the module, without asking anybody: as good as a guess, until it is shared."""
    return _known.get(_known_ids.get(slug, 0))


_known_ids: dict[str, int] = {}
_SHARED = (
    "SELECT id, revision, EXISTS (SELECT FROM modules_closure AS closure WHERE closure.module_id = module.id"
    " AND closure.withdrawn_at IS NULL AND closure.ends_at > %s AND closure.starts_at < %s), {along}"
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
