"""The nearest free windows to one that cannot be had."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bookings.drafts import Draft
from modules.models import Module


def nearest(draft: Draft, module: Module, *, at: datetime) -> list[dict[str, Any]]:
    return []
