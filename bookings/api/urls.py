"""Addresses of the API of productions and bookings."""

from django.urls import URLPattern, URLResolver, path

from bookings.api import (
    actions,
    audit,
    batch,
    bookings,
    calendars,
    cancellation,
    changes,
    productions,
    webhooks,
    windows,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("productions/", productions.ProductionList.as_view(), name="api-productions"),
    path("productions/<uuid:production_id>/", productions.ProductionDetail.as_view(), name="api-production"),
    path("bookings/", bookings.BookingList.as_view(), name="api-bookings"),
    path("bookings/batch/", batch.Batch.as_view(), name="api-batch"),
    path("bookings/changes/", changes.ChangeList.as_view(), name="api-changes"),
    path("bookings/<uuid:booking_id>/", bookings.BookingDetail.as_view(), name="api-booking"),
    path("bookings/<uuid:booking_id>/history/", bookings.BookingHistory.as_view(), name="api-booking-history"),
    path("bookings/<uuid:booking_id>/request/", actions.RequestBooking.as_view(), name="api-booking-request"),
    path("bookings/<uuid:booking_id>/confirm/", actions.ConfirmBooking.as_view(), name="api-booking-confirm"),
    path("bookings/<uuid:booking_id>/decline/", actions.DeclineBooking.as_view(), name="api-booking-decline"),
    path(
        "bookings/<uuid:booking_id>/cancellation/",
        cancellation.Cancellation.as_view(),
        name="api-booking-cancellation",
    ),
    path("bookings/<uuid:booking_id>/cancel/", actions.CancelBooking.as_view(), name="api-booking-cancel"),
    path("bookings/<uuid:booking_id>/release/", actions.ReleaseBooking.as_view(), name="api-booking-release"),
    path("bookings/<uuid:booking_id>/challenge/", actions.ChallengeBooking.as_view(), name="api-booking-challenge"),
    path("audit/", audit.AuditList.as_view(), name="api-audit"),
    path("modules/<slug:slug>/windows/", windows.WindowSearch.as_view(), name="api-windows"),
    path("webhooks/", webhooks.EndpointList.as_view(), name="api-webhooks"),
    path("webhooks/<uuid:endpoint_id>/", webhooks.EndpointDetail.as_view(), name="api-webhook"),
    path("webhooks/<uuid:endpoint_id>/rotate/", webhooks.RotateSecret.as_view(), name="api-webhook-rotate"),
    path("webhooks/<uuid:endpoint_id>/resume/", webhooks.Resume.as_view(), name="api-webhook-resume"),
    path("webhooks/<uuid:endpoint_id>/deliveries/", webhooks.DeliveryList.as_view(), name="api-deliveries"),
    path(
        "webhooks/<uuid:endpoint_id>/deliveries/<uuid:message_id>/resend/",
        webhooks.Resend.as_view(),
        name="api-delivery-resend",
    ),
    path("calendars/", calendars.FeedList.as_view(), name="api-calendars"),
    path("calendars/<int:feed_id>/reset/", calendars.ResetFeed.as_view(), name="api-calendar-reset"),
    path("quotes/", bookings.Quote.as_view(), name="api-quotes"),
]
