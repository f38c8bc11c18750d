"""What is asked for, before it is a booking: typed values that every face builds and every check reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from modules.intervals import Span


@dataclass(frozen=True, slots=True)
class Draft:
    """A window as asked for. `zones` are slugs of one module; `module` empty means the default one."""

    production_id: UUID
    zones: tuple[str, ...]
    activity: str
    span: Span
    crew: int = 0
    power_kw: Decimal = Decimal(0)
    downlink_mbps: int = 0
    media_return_kg: Decimal = Decimal(0)
    conditions: dict[str, Any] = field(default_factory=dict)
    module: str = ""

    def changed(self, **changes: Any) -> Draft:
        """The same with `changes`; `starts_at` and `ends_at` may be given for the span."""
        starts_at = changes.pop("starts_at", self.span.starts_at)
        ends_at = changes.pop("ends_at", self.span.ends_at)
        return replace(self, span=Span(starts_at, ends_at), **changes)
