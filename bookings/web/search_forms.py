"""What a producer needs of a window, as a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.clocks import day_start
from bookings.exceptions import Refusal
from bookings.search import SearchRequest
from bookings.web.booking_forms import LARGEST_INT, LARGEST_SMALL_INT
from bookings.web.fields import DayField, LengthField
from bookings.web.orbit_fields import LENGTHS, NAMES, OrbitFields
from modules.intervals import Span
from modules.models import Activity, Module

LONGEST_DAYS = 400
USUAL_DAYS = 30
STEPS = [
    ("60", _("every hour")),
    ("30", _("every half hour")),
    ("15", _("every 15 minutes")),
    ("5", _("every 5 minutes")),
    ("1", _("every minute")),
]
FIELD_OF = {"zone": "zones", "from": "start", "to": "end"}
MINUTE = timedelta(minutes=1)


class SearchForm(OrbitFields):
    """What a producer needs. Days are GMT days; the last one is included."""

    activity = forms.ChoiceField(label=_("Activity"), choices=[(a.value, a.label) for a in Activity])
    duration = LengthField(label=_("For how long"), help_text=_("2 hours, 1 h 30 min, 3 days"))
    start = DayField(label=_("From"))
    end = DayField(label=_("To, included"))
    zones = forms.MultipleChoiceField(
        label=_("Zones"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked: any that fits."),
    )
    crew = forms.IntegerField(label=_("Crew on set"), min_value=0, max_value=LARGEST_SMALL_INT, required=False)
    power_kw = forms.DecimalField(label=_("Power, kW"), min_value=0, max_digits=8, decimal_places=2, required=False)
    downlink_mbps = forms.IntegerField(label=_("Downlink, Mbit/s"), min_value=0, max_value=LARGEST_INT, required=False)
    media_return_kg = forms.DecimalField(
        label=_("Media return, kg"), min_value=0, max_digits=6, decimal_places=2, required=False
    )
    crew_awake = forms.BooleanField(label=_("Only while the crew is awake"), required=False)
    step = forms.ChoiceField(label=_("Try a start"), choices=STEPS, required=False, initial="30")

    def __init__(self, *args: Any, module: Module, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.module = module
        zones = self.fields["zones"]
        assert isinstance(zones, forms.MultipleChoiceField)  # noqa: S101 - declared above
        zones.choices = [(zone.slug, zone.name) for zone in module.zones.all()]

    @staticmethod
    def usual(now: datetime) -> dict[str, Any]:
        """What most searches begin with."""
        return {
            "activity": Activity.FILMING.value,
            "duration": gettext("2 hours"),
            "start": f"{now.date()}",
            "end": f"{now.date() + timedelta(days=USUAL_DAYS)}",
            "crew_awake": "on",
            "step": "30",
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and end < start:
            self.add_error("end", gettext("The last day comes before the first."))
        elif start and end and (end - start).days >= LONGEST_DAYS:
            self.add_error("end", gettext("Search at most %(most)d days at once.") % {"most": LONGEST_DAYS})
        return found

    def plain(self) -> list[forms.BoundField]:
        """The fields that ask nothing of the orbit."""
        return [field for field in self if field.name not in NAMES]

    def request(self) -> SearchRequest:
        """Raises Invalid where what is asked of the orbit makes no sense."""
        data = self.cleaned_data
        return SearchRequest(
            module=self.module,
            activity=data["activity"],
            duration=data["duration"],
            span=Span(day_start(data["start"]), day_start(data["end"] + timedelta(days=1))),
            zones=tuple(data["zones"]),
            crew=data["crew"] or 0,
            power_kw=data["power_kw"] or Decimal(0),
            downlink_mbps=data["downlink_mbps"] or 0,
            media_return_kg=data["media_return_kg"] or Decimal(0),
            crew_awake=data["crew_awake"],
            step_minutes=int(data["step"] or 30),
            conditions=self.asked_conditions(data["duration"]),
        )

    def refuse(self, refusal: Refusal) -> None:
        for error in refusal.errors:
            name = FIELD_OF.get(error.field, error.field)
            self.add_error(name if name in self.fields else None, error.detail)
        if not refusal.errors:
            self.add_error(None, refusal.detail)


def query_for(request: SearchRequest) -> str:
    """The address's query with which the form asks for `request`. The form knows whole days alone."""
    query = QueryDict(mutable=True)
    last = request.span.ends_at.astimezone(UTC) - timedelta(microseconds=1)
    said = {
        "activity": request.activity,
        "duration": _length(request.duration),
        "start": request.span.starts_at.astimezone(UTC).date(),
        "end": last.date(),
        "crew": request.crew or "",
        "power_kw": f"{request.power_kw.normalize():f}" if request.power_kw else "",
        "downlink_mbps": request.downlink_mbps or "",
        "media_return_kg": f"{request.media_return_kg.normalize():f}" if request.media_return_kg else "",
        "crew_awake": "on" if request.crew_awake else "",
        "step": next(step for step, _label in STEPS if request.step_minutes % int(step) == 0),
        **request.conditions.to_json(),
        **{name: _length(length) for name in LENGTHS if (length := getattr(request.conditions, name))},
    }
    for name, value in said.items():
        if value != "":
            query[name] = str(value)
    query.setlist("zones", list(request.zones))
    query["module"] = request.module.slug
    return query.urlencode()


def _length(length: timedelta) -> str:
    """As the form's fields read it: `3 hours`, `90 min`."""
    minutes = round(length / MINUTE)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} hours"
