"""Addresses of the module's own API."""

from django.urls import URLPattern, URLResolver, path

from modules.api import orbit, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("modules/", views.ModuleList.as_view(), name="api-modules"),
    path("modules/<slug:slug>/", views.ModuleDetail.as_view(), name="api-module"),
    path("modules/<slug:slug>/phases/", views.PhaseList.as_view(), name="api-phases"),
    path("modules/<slug:slug>/zones/", views.ZoneList.as_view(), name="api-zones"),
    path("modules/<slug:slug>/closures/", views.ClosureList.as_view(), name="api-closures"),
    path("modules/<slug:slug>/conditions/", orbit.Conditions.as_view(), name="api-conditions"),
    path("modules/<slug:slug>/passes/", orbit.PassList.as_view(), name="api-passes"),
    path("modules/<slug:slug>/track/", orbit.TrackList.as_view(), name="api-track"),
    path("places/", views.PlaceList.as_view(), name="api-places"),
]
