"""Template tags of the pages: times in GMT and in the reader's own clock, money, marks. Built into every template."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bookings import wording
from bookings.clocks import GMT, clock_name, own_text
from bookings.models import Booking
from bookings.models.booking import Attention
from bookings.papers.terms import terms_in_words
from bookings.papers.words import price_line, price_quantity
from bookings.web.orbit_fields import given, sentences
from bookings.web.wording import mark_of, money, place_in_line, state_of
from bookings.wording import duration, place_name, short_date

register = template.Library()

register.filter("money", money)
register.filter("place_in_line", place_in_line)
register.filter("state", state_of)
register.filter("mark", mark_of)
register.filter("price_line", price_line)
register.filter("price_quantity", price_quantity)
register.filter("duration", duration)
register.filter("orbit_words", given)
register.filter("place_name", place_name)
register.inclusion_tag("web/terms.html", name="cancelling")(lambda card: {"terms": tuple(terms_in_words(card))})
register.filter("asked_of_the_orbit", lambda conditions: "; ".join(sentences(conditions)))

_ABBR = SafeString('<abbr title="Greenwich Mean Time">GMT</abbr>')


def _zone(context: dict[str, Any]) -> tzinfo:
    reader = context.get("reader")
    zone: tzinfo = reader.zone if reader else GMT
    return zone


@register.filter("iso")
def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@register.filter("gmt")
def gmt_text(instant: datetime) -> str:
    """`2027/063 14:20`"""
    return f"{instant.astimezone(UTC):%Y/%j %H:%M}"


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], instant: datetime | None) -> str:
    """An instant on both clocks."""
    if instant is None:
        return ""
    return format_html(
        '<time class="instant" datetime="{}"><span class="gmt">{} {}</span> <span class="own">· {}</span></time>',
        _iso(instant),
        gmt_text(instant),
        _ABBR,
        own_text(instant, _zone(context)),
    )


@register.simple_tag(takes_context=True)
def window(context: dict[str, Any], starts_at: datetime, ends_at: datetime) -> str:
    """A window on both clocks and how long it is; what both ends share is said once."""
    zone = _zone(context)
    return format_html(
        '<span class="window"><span class="gmt"><time datetime="{}">{}</time>–<time datetime="{}">{}</time> {}</span>'
        ' <span class="length">{}</span> <span class="own">{}</span></span>',
        _iso(starts_at),
        gmt_text(starts_at),
        _iso(ends_at),
        _end_text(starts_at, ends_at),
        _ABBR,
        duration(ends_at - starts_at),
        own_window(starts_at, ends_at, zone),
    )


def _end_text(starts_at: datetime, ends_at: datetime) -> str:
    same_day = starts_at.astimezone(UTC).date() == ends_at.astimezone(UTC).date()
    return f"{ends_at.astimezone(UTC):%H:%M}" if same_day else gmt_text(ends_at)


def own_window(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """`Thu 4 Mar 2027, 15:20–17:20 CET`; each end with its own clock where daylight saving changes between."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if zone == GMT:
        first, last = own_text(starts_at, zone), own_text(ends_at, zone)
        return first if start.date() == end.date() else f"{first} – {last}"
    one_clock = start.utcoffset() == end.utcoffset()
    if start.date() == end.date():
        name = "" if one_clock else f" {clock_name(starts_at, zone)}"
        day = short_date(start)
        return f"{day}, {start:%H:%M}{name}–{end:%H:%M} {clock_name(ends_at, zone)}"
    return f"{own_text(starts_at, zone)} – {own_text(ends_at, zone)}"


@register.simple_tag
def left(instant: datetime | None, now: datetime) -> str:
    """`in 2 days 3 hours`, `5 minutes ago`"""
    if instant is None:
        return ""
    gap = instant - now
    if gap >= timedelta(0):
        return _("in %(length)s") % {"length": duration(gap)}
    return _("%(length)s ago") % {"length": duration(-gap)}


_PATTERNED = {"held", "waiting", "requested", "completed", "full", "closed"}


@register.filter
def pattern(mark: str) -> str:
    """What a bar of this mark is filled with; the rest are plain colours, and CSS has them."""
    return f"url(#p-{mark})" if mark in _PATTERNED else "none"


@register.simple_tag
def swatch(mark: str) -> str:
    """A small piece of the pattern that the calendar draws this with."""
    return format_html(
        '<svg class="swatch" aria-hidden="true" focusable="false">'
        '<rect class="bar {}" fill="{}" width="100%" height="100%"/></svg>',
        mark,
        pattern(mark),
    )


@register.simple_tag
def status_mark(booking: Booking) -> str:
    """The state with the pattern that the calendar draws it with."""
    return format_html('<span class="status">{}{}</span>', swatch(mark_of(booking)), state_of(booking))


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """This page's address with some of its query changed; None takes a name out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def attention(code: str) -> str:
    """Why a booking needs a look, as a sentence."""
    return _("Needs a look: %(why)s") % {"why": Attention(code).label if code in Attention.values else code}


@register.filter
def plain(number: Decimal) -> str:
    """`4` for 4.00, `2.5` for 2.50."""
    return wording.number(number)


@register.filter
def html_lang(language: str) -> str:
    """`en-GB` for `en`: our English writes its dates as Europe does, and scripts ask the page how."""
    return {"en": "en-GB"}.get(language, language)


@register.filter
def names(things: Iterable[Any]) -> str:
    """`Studio, Arena`"""
    return ", ".join(thing.name for thing in things)


@register.filter
def sentence(message: object) -> str:
    """What a refusal says, where it says something to people: Django's own class names and reprs are not it."""
    text = str(message or "")
    return text if " " in text and text.endswith((".", "!", "?")) else ""


@register.filter
def percent(share: float | None) -> str:
    """`42.5 %`; a dash where there is nothing to be a share of."""
    return "–" if share is None else f"{100 * share:.1f} %"


@register.filter
def hours(number: float) -> str:
    """`1,234.5`"""
    return f"{number:,.1f}"


@register.filter
def bar_width(share: float) -> str:
    """A share as a width of 100, as SVG writes it in every language."""
    return f"{100 * min(1.0, share):.2f}"


@register.filter
def unlocalised(number: float) -> str:
    """A coordinate as SVG writes it in every language."""
    return f"{number:g}"


@register.simple_tag(takes_context=True)
def address_by_name(context: dict[str, Any]) -> str:
    """This page at `localhost`, where it is open at the number of one's own machine; else empty.

    Browsers make and use passkeys at a name alone.
    """
    url = urlsplit(context["request"].build_absolute_uri())
    if url.hostname not in ("127.0.0.1", "::1"):
        return ""
    return str(url._replace(netloc=f"localhost:{url.port}" if url.port else "localhost").geturl())


@register.filter
def named(names: dict[str, Any], key: str) -> Any:
    """What a mapping has under a name that only the page knows."""
    return names[key]
