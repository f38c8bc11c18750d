"""Addresses of staff's pages, under `staff/`."""

from django.urls import URLPattern, path

from bookings.web import rebooking, revisions

urlpatterns: list[URLPattern] = [
    path("revisions/", revisions.revision_list, name="revision_list"),
    path("revisions/<int:revision_id>/", revisions.revision_page, name="revision"),
    path("revisions/<int:revision_id>/<slug:action>/", revisions.revision_act, name="revision_act"),
    path("rebooking/", rebooking.rebooking_list, name="rebooking_list"),
    path("rebooking/<int:rebooking_id>/", rebooking.rebooking_page, name="rebooking"),
    path("rebooking/<int:rebooking_id>/offer/", rebooking.rebooking_offer, name="rebooking_offer"),
    path("proposals/<uuid:proposal_id>/withdraw/", rebooking.proposal_withdraw, name="proposal_withdraw"),
]
