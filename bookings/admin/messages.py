"""What was promised to people and partners' systems: looked at here, sent by the worker."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from bookings.admin.reading import Kept, gmt, link, plain_json
from bookings.models import Mail, WebhookDelivery, WebhookEndpoint

STATES = {"pending": "info", "sent": "success", "delivered": "success", "failed": "danger", "withdrawn": "warning"}


class Told(Kept):
    """For a ModelAdmin whose rows are only read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Mail)
class MailAdmin(Told, ModelAdmin):
    list_display = ("kind", "recipient", "booking", "due", "state_label", "sent", "attempts")
    list_filter = ("state", "kind", ("due_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("recipient", "booking")
    search_fields = ("recipient__email", "booking__reference")
    ordering = ("-due_at", "-id")
    show_full_result_count = False
    readonly_fields = ("booking_link", "due", "sent", "state_label", "said")
    fields = (
        "kind", "recipient", "booking_link", "due", "state_label", "sent", "attempts", "last_error", "message_id",
        "said",
    )  # fmt: skip

    @display(description="due (GMT)", ordering="due_at")
    def due(self, mail: Mail) -> str:
        return gmt(mail.due_at)

    @display(description="sent (GMT)", ordering="sent_at")
    def sent(self, mail: Mail) -> str:
        return gmt(mail.sent_at)

    @display(description="state", ordering="state", label=STATES)
    def state_label(self, mail: Mail) -> str:
        return mail.state

    @display(description="booking")
    def booking_link(self, mail: Mail) -> SafeString | str:
        return link(mail.booking)

    @display(description="what it says beside the booking")
    def said(self, mail: Mail) -> SafeString:
        return plain_json(mail.context)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(Told, ModelAdmin):
    list_display = ("url", "organisation", "events_said", "state_label", "paused_because")
    list_filter = (("paused_at", admin.EmptyFieldListFilter),)
    list_select_related = ("organisation",)
    search_fields = ("url", "organisation__name")
    readonly_fields = ("events_said", "state_label")
    fields = ("url", "organisation", "events_said", "state_label", "paused_because", "created_at")

    @display(description="events")
    def events_said(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(endpoint.events) or "all"

    @display(description="state", label={"sending": "success", "paused": "warning"})
    def state_label(self, endpoint: WebhookEndpoint) -> str:
        return "paused" if endpoint.paused_at else "sending"


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(Told, ModelAdmin):
    list_display = ("event", "endpoint", "booking", "due", "state_label", "last_status", "attempts")
    list_filter = ("state", "event")
    list_select_related = ("endpoint", "booking")
    search_fields = ("endpoint__url", "booking__reference")
    ordering = ("-id",)
    show_full_result_count = False
    readonly_fields = ("state_label", "said", "due")
    fields = (
        "event", "endpoint", "booking", "state_label", "due", "attempts", "last_status", "last_error", "said",
    )  # fmt: skip

    @display(description="due (GMT)", ordering="due_at")
    def due(self, delivery: WebhookDelivery) -> str:
        return gmt(delivery.due_at)

    @display(description="state", ordering="state", label=STATES)
    def state_label(self, delivery: WebhookDelivery) -> str:
        return delivery.state

    @display(description="payload")
    def said(self, delivery: WebhookDelivery) -> SafeString:
        return plain_json(delivery.payload)
