"""Where everything is."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path

from bookings.web import feeds
from see1 import docs, health, icon, metrics

# Staff come in by the same door as everybody: with its limits and its second factors.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth says to

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/schema/", docs.Schema.as_view(), name="api-schema"),
    path("api/v1/docs/", docs.Docs.as_view(), name="api-docs"),
    path("api/v1/problems/", docs.problems, name="api-problems"),
    path("api/v1/", include("modules.api.urls")),
    path("api/v1/", include("bookings.api.urls")),
    path("calendar/modules/<slug:slug>.ics", feeds.module, name="module-calendar"),
    path("calendar/<str:secret>.ics", feeds.own, name="own-calendar"),
    re_path(r"^api/", docs.nowhere),
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("favicon.ico", icon.Icon.as_view(), name="favicon"),
    path("metrics/", metrics.view, name="metrics"),
    path("", include("bookings.web.urls")),
]

handler429 = "see1.problems.faults.too_many"  # asked for by allauth, where one of its limits is reached
handler500 = "see1.problems.faults.server_error"
