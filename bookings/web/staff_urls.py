"""Addresses of staff's pages, under `staff/`."""

from django.urls import URLPattern, path

from bookings.web import revisions

urlpatterns: list[URLPattern] = [
    path("revisions/", revisions.revision_list, name="revision_list"),
    path("revisions/<int:revision_id>/", revisions.revision_page, name="revision"),
    path("revisions/<int:revision_id>/<slug:action>/", revisions.revision_act, name="revision_act"),
]
