"""Statements whose SQL is written once and sent many times, for what runs with every booking.

Django writes the SQL of a query anew each time it is asked; for a short query that takes longer than PostgreSQL needs
to answer it. `Prepared` lets Django write it once, with open places (`Slot`), and reads the rows as Django would.
`Insert` does the same for new rows; `insert_together` sends several in one message, so that they cost one journey.

Only for statements in the path of a booking, where that was measured. Everywhere else an ordinary query reads better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import NoneType
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    Field,
    ForeignKey,
    IntegerField,
    Lookup,
    Model,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.expressions import DatabaseDefault
from django.db.models.query import get_related_populators

from modules.planned import planned, send

M = TypeVar("M", bound=Model)


class Slot(Expression):
    """A place in a prepared query, filled each time it is sent."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class AnyOf(Lookup):
    """`AnyOf(F("zone_id"), Slot("zones"))`: one of the list that comes in the slot. `__in` has a place for each."""

    lookup_name = "any_of"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, parameters = self.process_lhs(compiler, connection)
        right, own = self.process_rhs(compiler, connection)
        return f"{left} = ANY {right}", [*parameters, *own]


@dataclass(frozen=True, slots=True)
class _Written:
    """A query as it goes to PostgreSQL, and how its rows become models."""

    sql: str
    parameters: Sequence[Any]
    model: type[Model]
    names: Sequence[str]
    columns: slice
    populators: Sequence[Any]
    annotations: Mapping[str, int]
    convert: Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]]


class Prepared(Generic[M]):
    """`draw` gives the query, with slots where values come; it may select related models, but prefetch nothing.

    `ending` is what Django has no words for, as `FOR KEY SHARE`.
    """

    def __init__(self, draw: Callable[[], QuerySet[M]], *, ending: str = "") -> None:
        self._draw, self._ending = draw, ending

    @cached_property
    def _written(self) -> _Written:
        """On first use, when all models are known."""
        query = self._draw()
        if query._prefetch_related_lookups:  # type: ignore[attr-defined]  # Django's own, which its stubs do not tell of
            raise TypeError("A prepared query prefetches nothing.")
        compiler = query.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        info = compiler.klass_info
        assert info is not None  # noqa: S101 - a query for models has one
        columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return _Written(
            sql=f"{sql} {self._ending}",
            parameters=parameters,
            model=info["model"],
            names=[column[0].target.attname for column in compiler.select[columns]],
            columns=columns,
            populators=get_related_populators(info, compiler.select, connection.alias),  # type: ignore[call-arg]  # Django's own, which its stubs do not tell of
            annotations=dict(compiler.annotation_col_map or {}),
            convert=lambda rows: compiler.apply_converters(rows, converters) if converters else rows,
        )

    def all(self, **values: Any) -> list[M]:
        """The rows, with `values` in the slots of these names."""
        return self.models(send(*self.statement(**values)))

    def statement(self, **values: Any) -> tuple[str, list[Any]]:
        """The SQL and its parameters, for whoever sends it together with others."""
        written = self._written
        return planned(written.sql), [values[p.name] if isinstance(p, Slot) else p for p in written.parameters]

    def models(self, rows: Iterable[Sequence[Any]]) -> list[M]:
        """What the rows of the statement stand for."""
        return [self._model(row) for row in self._written.convert(rows)]

    def first(self, **values: Any) -> M | None:
        """The first row, in the order of the query."""
        return next(iter(self.all(**values)), None)

    def _model(self, row: Sequence[Any]) -> M:
        written = self._written
        found: Any = written.model.from_db(DEFAULT_DB_ALIAS, written.names, row[written.columns])
        for populator in written.populators:
            populator.populate(row, found)
        for name, place in written.annotations.items():
            setattr(found, name, row[place])
        return found  # type: ignore[no-any-return]  # Django's own, which its stubs do not tell of


class Insert(Generic[M]):
    """New rows of `model`. `ignore_conflicts` leaves out what some unique constraint would refuse."""

    def __init__(self, model: type[M], *, ignore_conflicts: bool = False) -> None:
        self._model = model
        self._tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""

    @cached_property
    def _fields(self) -> list[Field[Any, Any]]:
        concrete: list[Field[Any, Any]] = list(self._model._meta.local_concrete_fields)
        return [field for field in concrete if not field.generated and not isinstance(field, AutoField)]

    @cached_property
    def _columns(self) -> list[_Column]:
        return [_Column.of(field) for field in self._fields]

    @cached_property
    def _head(self) -> str:
        columns = ", ".join(f'"{field.column}"' for field in self._fields)
        return f'INSERT INTO "{self._model._meta.db_table}" ({columns}) VALUES '  # noqa: S608 - names of our own tables

    def statement(self, rows: Sequence[M]) -> tuple[str, list[Any]]:
        """The SQL that inserts `rows`, of which there is at least one, and its parameters."""
        parameters: list[Any] = []
        places = ", ".join([self._row(row.__dict__, parameters) for row in rows])
        return planned(f"{self._head}{places}{self._tail}"), parameters

    def _row(self, values: dict[str, Any], parameters: list[Any]) -> str:
        """`(%s, DEFAULT, …)`; most rows of a model leave the same to the database."""
        left = []
        for column in self._columns:
            value = values[column.name]
            kind = type(value)
            if kind is DatabaseDefault:
                left.append(column.name)
            else:
                parameters.append(value if column.is_plain and kind in _PLAIN else column.prepare(value))
        return self._places(frozenset(left))

    def _places(self, left: frozenset[str]) -> str:
        known = self._known_places.get(left)
        if known is None:
            places = ["DEFAULT" if column.name in left else column.place for column in self._columns]
            known = self._known_places[left] = f"({', '.join(places)})"
        return known

    @cached_property
    def _known_places(self) -> dict[frozenset[str], str]:
        return {}


_PLAIN = frozenset({str, int, bool, datetime, UUID, NoneType})
"""What the driver writes as Django would hand it over, in fields that take it as it is."""
_TAKE_IT_AS_IT_IS = (CharField, TextField, IntegerField, BooleanField, DateTimeField, UUIDField, ForeignKey)


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    place: str
    is_plain: bool
    prepare: Callable[[Any], Any]

    @classmethod
    def of(cls, field: Field[Any, Any]) -> _Column:
        place = field.get_placeholder(None, None, connection) if hasattr(field, "get_placeholder") else "%s"
        is_plain = isinstance(field, _TAKE_IT_AS_IT_IS)
        return cls(field.attname, place, is_plain, lambda value: field.get_db_prep_save(value, connection))


class Writes(Protocol):
    """What writes rows of its own kind by one statement: `Insert` of models, or whatever knows a shorter way."""

    def statement(self, rows: Any) -> tuple[str, list[Any]]: ...


Group = tuple[Writes, Sequence[Any]]


def insert_together(*groups: Group) -> None:
    """Insert each group's rows in turn, all in one message: all or none. Empty groups are left out.

    Foreign keys are looked at when the transaction ends, so a row may come before the one that it names. What the
    database fills in by itself is read when it is asked for.
    """
    statements = [insert.statement(rows) for insert, rows in groups if rows]
    if statements:
        _send(statements)
        _mark_kept(groups)


def insert_and_ask(*groups: Group, then: Prepared[M], **values: Any) -> list[M]:
    """The same, and in the same message the question `then` with its `values`; its answer."""
    statements = [insert.statement(rows) for insert, rows in groups if rows]
    found = then.models(_send([*statements, then.statement(**values)]))
    _mark_kept(groups)
    return found


def _send(statements: Sequence[tuple[str, list[Any]]]) -> list[Sequence[Any]]:
    """All in one message; the rows of the last."""
    sql = "; ".join(statement for statement, _ in statements)
    parameters = [value for _, own in statements for value in own]
    # What `atomic(savepoint=False)` does inside a transaction, without asking again and again whether it is inside one.
    whole = transaction.mark_for_rollback_on_error if connection.in_atomic_block else transaction.atomic
    with whole():
        return send(sql, parameters)


def _mark_kept(groups: Iterable[Group]) -> None:
    for _, rows in groups:
        for row in rows:
            if not isinstance(row, Model):
                continue
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
            for name in [name for name, value in row.__dict__.items() if type(value) is DatabaseDefault]:
                del row.__dict__[name]  # Django reads a field that is not there
