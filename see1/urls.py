"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

from bookings.web import feeds

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("bookings.api.urls")),
    path("calendar/modules/<slug:slug>.ics", feeds.module, name="module-calendar"),
    path("calendar/<str:secret>.ics", feeds.own, name="own-calendar"),
    path("", include("bookings.web.urls")),
]
