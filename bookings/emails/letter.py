"""A mail before it is laid out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as plain values: what happened, the facts (each with its lines), what comes next, and a link."""

    subject: str
    happened: list[str]
    facts: list[tuple[str, list[str]]]
    next: list[str]
    link: str
    path: str
