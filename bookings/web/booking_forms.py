"""The form of a booking: what a producer fills in becomes a Draft, and a refusal finds its field."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.clocks import GMT, clock_name
from bookings.drafts import Draft
from bookings.exceptions import Refusal
from bookings.models import Booking, Production
from bookings.web.fields import InstantInput
from bookings.web.orbit_fields import ConditionsField, sentences
from bookings.web.reader import Reader
from bookings.web.times import NotATime, instant_shown, on_clock, parse_instant
from modules.intervals import Span
from modules.models import Activity, Module

LARGEST_SMALL_INT = 32_767
LARGEST_INT = 2_147_483_647
INSTANTS = ("starts_at", "ends_at")


class BookingForm(forms.Form):
    """A window as asked for. Times are read by the clock that `clock` names: GMT, or the organisation's own.

    A text that still stands as the page showed it means the instant that it meant there: who switches the clock sees
    the same window on the other one, and never another window under the same figures.
    """

    production = forms.ModelChoiceField(
        Production.objects.none(), label=gettext_lazy("Production"), empty_label=gettext_lazy("Choose a production")
    )
    activity = forms.ChoiceField(label=gettext_lazy("Activity"), choices=[(a.value, a.label) for a in Activity])
    zones = forms.MultipleChoiceField(label=gettext_lazy("Zones"), widget=forms.CheckboxSelectMultiple)
    starts_at = forms.CharField(label=gettext_lazy("Starts"), widget=InstantInput)
    ends_at = forms.CharField(label=gettext_lazy("Ends"), widget=InstantInput)
    clock = forms.ChoiceField(label=gettext_lazy("Enter times in"), required=False)
    clock_shown = forms.CharField(widget=forms.HiddenInput, required=False)
    starts_at_shown = forms.CharField(widget=forms.HiddenInput, required=False)
    ends_at_shown = forms.CharField(widget=forms.HiddenInput, required=False)
    crew = forms.IntegerField(
        label=gettext_lazy("Crew on set"), min_value=0, max_value=LARGEST_SMALL_INT, required=False
    )
    power_kw = forms.DecimalField(
        label=gettext_lazy("Power, kW"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput,
    )
    downlink_mbps = forms.IntegerField(
        label=gettext_lazy("Downlink, Mbit/s"), min_value=0, max_value=LARGEST_INT, required=False
    )
    media_return_kg = forms.DecimalField(
        label=gettext_lazy("Media return, kg"),
        min_value=0,
        max_digits=6,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput,
    )
    conditions = ConditionsField()
    drop_conditions = forms.BooleanField(
        label=gettext_lazy("Ask this of the orbit no longer"),
        required=False,
        help_text=gettext_lazy("Else the new time must give it too."),
    )
    agreed_total = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LARGEST_INT)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, reader: Reader, module: Module, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.module = module
        self.switched = False
        self._own_zone = reader.zone
        productions = self.fields["production"]
        assert isinstance(productions, forms.ModelChoiceField)  # noqa: S101 - declared above
        productions.queryset = reader.productions()
        zones = self.fields["zones"]
        assert isinstance(zones, forms.MultipleChoiceField)  # noqa: S101 - declared above
        zones.choices = [(zone.slug, zone.name) for zone in module.zones.all()]
        self._offer_clocks(reader)

    def _offer_clocks(self, reader: Reader) -> None:
        clock = self.fields["clock"]
        assert isinstance(clock, forms.ChoiceField)  # noqa: S101 - declared above
        clock.choices = [("gmt", "GMT")]
        if reader.lives_by_gmt:
            clock.widget = forms.HiddenInput()
        else:
            clock.choices = [*clock.choices, ("own", _("%(zone)s time") % {"zone": reader.zone_name})]

    def clean_crew(self) -> int:
        return self.cleaned_data["crew"] or 0

    def clean_media_return_kg(self) -> Decimal:
        return self.cleaned_data["media_return_kg"] or Decimal(0)

    def clean_power_kw(self) -> Decimal:
        return self.cleaned_data["power_kw"] or Decimal(0)

    def clean_downlink_mbps(self) -> int:
        return self.cleaned_data["downlink_mbps"] or 0

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        clock = "own" if found.get("clock") == "own" else "gmt"
        zone = self._own_zone if clock == "own" else GMT
        kept = [name for name in INSTANTS if self._read(name, found, zone)]
        self.switched = bool(kept) and clock != (found.get("clock_shown") or "gmt")
        self._show(found, clock, zone)
        starts_at, ends_at = found.get("starts_at"), found.get("ends_at")
        if isinstance(starts_at, datetime) and isinstance(ends_at, datetime):
            if ends_at <= starts_at:
                self.add_error("ends_at", _("The window ends after it starts."))
            else:
                found["span"] = Span(starts_at, ends_at)
        return found

    def _read(self, name: str, found: dict[str, Any], zone: tzinfo) -> bool:
        """Make the text the instant that it means; whether it stands as it was shown."""
        text = found.get(name)
        if not text:
            return False
        shown = instant_shown(text, found.get(f"{name}_shown") or "")
        try:
            found[name] = shown or parse_instant(text, zone)
        except NotATime as error:
            self.add_error(name, str(error))
        return shown is not None

    def _show(self, found: dict[str, Any], clock: str, zone: tzinfo) -> None:
        """The form as it is shown next: each instant on the clock chosen, and what its text means there."""
        data = cast(MultiValueDict[str, str], self.data).copy()
        for name in INSTANTS:
            if isinstance(found.get(name), datetime):
                data[name], data[f"{name}_shown"] = on_clock(found[name], zone)
        data["clock_shown"] = clock
        self.data = data

    def draft(self, *, conditions: dict[str, Any] | None = None) -> Draft:
        """What the valid form asks for."""
        data = self.cleaned_data
        return Draft(
            production_id=data["production"].pk,
            zones=tuple(data["zones"]),
            activity=data["activity"],
            span=data["span"],
            crew=data["crew"],
            power_kw=data["power_kw"],
            downlink_mbps=data["downlink_mbps"],
            media_return_kg=data["media_return_kg"],
            conditions=data["conditions"] if conditions is None else conditions,
            module=self.module.slug,
        )

    def changes(self) -> dict[str, Any]:
        """The same as changes to a booking that is there."""
        data = self.cleaned_data
        names = ("activity", "crew", "power_kw", "downlink_mbps", "media_return_kg")
        return {
            **{name: data[name] for name in names},
            "production_id": data["production"].pk,
            "zones": tuple(data["zones"]),
            "starts_at": data["span"].starts_at,
            "ends_at": data["span"].ends_at,
            **({"conditions": {}} if data["drop_conditions"] else {}),
        }

    def asked_of_the_orbit(self) -> list[str]:
        """In sentences; nothing where it cannot be read."""
        found = getattr(self, "cleaned_data", {}).get("conditions")
        return list(sentences(found)) if found else []

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal where it belongs: at its fields, or above the form."""
        placed = [error for error in refusal.errors if error.field in self.fields]
        for error in placed:
            self.add_error(error.field, error.detail)
        if not placed:
            self.add_error(None, refusal.detail)

    def clock_note(self) -> str:
        """`CET` for the form's start, where it is known; for the label beside the inputs."""
        starts_at = getattr(self, "cleaned_data", {}).get("starts_at")
        return clock_name(starts_at, self._own_zone) if isinstance(starts_at, datetime) else ""


def asked_in_query(query: MultiValueDict[str, str], reader: Reader) -> MultiValueDict[str, str]:
    """A form's data from an address: instants there carry their offset, the form shows them in GMT."""
    data: MultiValueDict[str, str] = MultiValueDict({name: query.getlist(name) for name in query})
    for name in INSTANTS:
        data.pop(f"{name}_shown", None)
        try:
            data[name], data[f"{name}_shown"] = on_clock(parse_instant(query.get(name) or "", GMT), GMT)
        except NotATime:
            continue
    data["clock"] = data["clock_shown"] = "gmt"
    data.setdefault("activity", Activity.FILMING.value)
    if not data.get("production"):
        data["production"] = _likely_production(reader, str(data["activity"]))
    return data


def _likely_production(reader: Reader, activity: str) -> str:
    """The only production, or the only one of that activity; nothing where there is a choice to make."""
    mine = list(reader.productions().values_list("pk", "activity")[:50])
    fitting = [pk for pk, its in mine if its == activity] or [pk for pk, _ in mine]
    return str(fitting[0]) if len(fitting) == 1 else ""


def stand_in_production(reader: Reader) -> Production | None:
    """Some production of the reader's: a price does not depend on which, so it can be shown before one is chosen."""
    found: Production | None = reader.productions().first()
    return found


def data_of(booking: Booking) -> MultiValueDict[str, str]:
    """A form's data from a booking as it is."""
    starts_at, starts_at_shown = on_clock(booking.starts_at, GMT)
    ends_at, ends_at_shown = on_clock(booking.ends_at, GMT)
    return MultiValueDict(
        {
            "production": [str(booking.production_id)],
            "activity": [booking.activity],
            "zones": [zone.slug for zone in booking.zone_list],
            "starts_at": [starts_at],
            "starts_at_shown": [starts_at_shown],
            "ends_at": [ends_at],
            "ends_at_shown": [ends_at_shown],
            "clock": ["gmt"],
            "clock_shown": ["gmt"],
            "crew": [str(booking.crew)],
            "power_kw": [f"{booking.power_kw.normalize():f}"],
            "downlink_mbps": [str(booking.downlink_mbps)],
            "conditions": [json.dumps(booking.conditions)],
            "media_return_kg": [f"{booking.media_return_kg.normalize():f}"],
            "version": [str(booking.version)],
        }
    )
