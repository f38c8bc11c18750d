"""Addresses of the API of productions and bookings."""

from django.urls import URLPattern, URLResolver, path

from bookings.api import actions, bookings, productions, windows

urlpatterns: list[URLPattern | URLResolver] = [
    path("productions/", productions.ProductionList.as_view(), name="api-productions"),
    path("productions/<uuid:production_id>/", productions.ProductionDetail.as_view(), name="api-production"),
    path("bookings/", bookings.BookingList.as_view(), name="api-bookings"),
    path("bookings/<uuid:booking_id>/", bookings.BookingDetail.as_view(), name="api-booking"),
    path("bookings/<uuid:booking_id>/history/", bookings.BookingHistory.as_view(), name="api-booking-history"),
    path("bookings/<uuid:booking_id>/request/", actions.RequestBooking.as_view(), name="api-booking-request"),
    path("bookings/<uuid:booking_id>/confirm/", actions.ConfirmBooking.as_view(), name="api-booking-confirm"),
    path("bookings/<uuid:booking_id>/decline/", actions.DeclineBooking.as_view(), name="api-booking-decline"),
    path("bookings/<uuid:booking_id>/cancel/", actions.CancelBooking.as_view(), name="api-booking-cancel"),
    path("bookings/<uuid:booking_id>/release/", actions.ReleaseBooking.as_view(), name="api-booking-release"),
    path("bookings/<uuid:booking_id>/challenge/", actions.ChallengeBooking.as_view(), name="api-booking-challenge"),
    path("modules/<slug:slug>/windows/", windows.WindowSearch.as_view(), name="api-windows"),
    path("quotes/", bookings.Quote.as_view(), name="api-quotes"),
]
