"""Addresses of the timeline."""

from django.urls import path

from bookings.web import timeline

urlpatterns = [
    path("", timeline.timeline, name="timeline"),
    path("data/", timeline.data, name="timeline_data"),
    path("table/", timeline.table, name="timeline_table"),
]
