"""What bookings may be asked by."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from bookings.states import Status
from modules.api.fields import DistinctListField, OneOfField
from modules.api.queries import SpanQuery
from modules.models import Zone


class BookingQuery(SpanQuery):
    status = DistinctListField(
        child=OneOfField(Status.choices), required=False, max_length=20, help_text="Any of these; may be repeated."
    )
    zone = DistinctListField(
        child=serializers.SlugField(max_length=50), required=False, max_length=20, help_text="On any of these zones."
    )
    production = DistinctListField(
        child=serializers.UUIDField(), required=False, max_length=20, help_text="Of any of these productions."
    )
    module = serializers.SlugField(required=False, max_length=50)

    def validate_zone(self, slugs: list[str]) -> list[str]:
        known = set(Zone.objects.values_list("slug", flat=True))
        for slug in slugs:
            if slug not in known:
                detail = _("There is no zone “%(zone)s”; there are: %(zones)s.") % {
                    "zone": slug,
                    "zones": ", ".join(sorted(known)),
                }
                raise serializers.ValidationError(detail, code="unknown_zone")
        return slugs


def narrowed(bookings: Any, asked: dict[str, Any]) -> Any:
    """`bookings` as far as they fit what was asked."""
    lookups = {
        "from": "ends_at__gt",
        "to": "starts_at__lt",
        "status": "status__in",
        "production": "production_id__in",
        "module": "module__slug",
    }
    wanted = {lookup: asked[name] for name, lookup in lookups.items() if name in asked}
    bookings = bookings.filter(**wanted)
    return bookings.on_zones(asked["zone"]) if "zone" in asked else bookings
