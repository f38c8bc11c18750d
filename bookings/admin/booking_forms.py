"""The forms by which staff make and change a booking. They only gather: every rule is asked of the core."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from bookings.admin.answering import RefusableForm
from bookings.drafts import Draft
from bookings.models import Booking
from bookings.states import Status
from modules.intervals import Span
from modules.models import Zone

ASKED = ("production", "activity", "starts_at", "ends_at", "crew", "power_kw", "downlink_mbps", "media_return_kg")


class ZonesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django has no generic one
    """Zones as boxes to tick, named with their module."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminCheckboxSelectMultipleWidget)
        zones = Zone.objects.select_related("module").order_by("module__position", "module", "position", "slug")
        super().__init__(queryset=zones, **kwargs)


class BookingForm(RefusableForm):
    """What a booking asks for. `in_zones` and not `zones`: the claims are the core's to write."""

    in_zones = ZonesField(label="Zones")

    class Meta:
        model = Booking
        fields = ASKED
        labels = {
            "starts_at": "Starts at (GMT)",
            "ends_at": "Ends at (GMT)",
            "power_kw": "Power, kW",
            "downlink_mbps": "Downlink, Mbit/s",
            "media_return_kg": "Media return, kg",
        }

    def fields_of(self, name: str) -> str | None:
        return super().fields_of("in_zones" if name == "zones" else name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The window ends after it starts.")
        if len({zone.module_id for zone in cleaned.get("in_zones", [])}) > 1:
            self.add_error("in_zones", "A booking lies in one module. Make one for each.")
        return cleaned

    def asked(self) -> dict[str, Any]:
        """The fields of a Draft, as filled in."""
        said = self.cleaned_data
        return {
            "production_id": said["production"].pk,
            "zones": tuple(zone.slug for zone in said["in_zones"]),
            "activity": said["activity"],
            "span": Span(said["starts_at"], said["ends_at"]),
            "crew": said["crew"],
            "power_kw": said["power_kw"],
            "downlink_mbps": said["downlink_mbps"],
            "media_return_kg": said["media_return_kg"],
        }


class NewBookingForm(BookingForm):
    """A booking that staff make for a production."""

    as_status = forms.ChoiceField(
        label="As",
        choices=[(Status.HELD, "a hold"), (Status.REQUESTED, "a request")],
        widget=UnfoldAdminSelectWidget,
    )

    def draft(self) -> Draft:
        return Draft(**self.asked(), module=self.cleaned_data["in_zones"][0].module.slug)


class ChangedBookingForm(BookingForm):
    """A booking as it is, to be changed; it remembers which version was read."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        booking = self.instance
        if "in_zones" in self.fields:
            zones = self.fields["in_zones"]
            assert isinstance(zones, ZonesField)  # noqa: S101 - declared above
            zones.queryset = zones.queryset.filter(module=booking.module_id)  # type: ignore[union-attr]  # a choice of models has a queryset
            zones.initial = list(booking.zones.values_list("pk", flat=True))
            self.fields["seen_version"].initial = booking.version

    def changes(self) -> dict[str, Any]:
        """What `lifecycle.change` takes."""
        asked = self.asked()
        window = asked.pop("span")
        return {**asked, "starts_at": window.starts_at, "ends_at": window.ends_at}
