"""Answers that are no JSON: a calendar, and a quote on paper. A refusal is a problem document all the same."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

from bookings.papers.quote import Paper


class FileRenderer(BaseRenderer):
    @abstractmethod
    def drawn(self, data: Any) -> bytes: ...

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if (renderer_context or {})["response"].exception:
            refusal: bytes = JSONRenderer().render(data)
            return refusal
        return self.drawn(data)


class CalendarRenderer(FileRenderer):
    """The calendar itself, as RFC 5545 writes it."""

    media_type = "text/calendar"
    format = "ics"

    def drawn(self, data: Any) -> bytes:
        return bytes(data)


class PdfRenderer(FileRenderer):
    """From what the quote says; so it can be kept, and drawn again."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def drawn(self, data: Any) -> bytes:
        return Paper.read(data).as_pdf()
