"""The OpenAPI document and its readable form, from our own files alone and without a script in the page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from see1.problems.catalogue import KINDS
from see1.problems.document import plain_response, simple
from see1.problems.reading import NOT_THERE


class Schema(SpectacularAPIView):
    """JSON unless YAML is asked for."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer, OpenApiYamlRenderer2]
    throttle_classes = []

    @extend_schema(exclude=True)
    def get(self, *args: Any, **kwargs: Any) -> Any:
        """In English, whoever asks: clients are generated from it."""
        with translation.override(settings.LANGUAGE_CODE):
            return super().get(*args, **kwargs)  # type: ignore[no-untyped-call]  # drf-spectacular is not typed


class Docs(SpectacularSwaggerSplitView):
    url_name = "api-schema"
    template_name = "api/docs.html"
    throttle_classes = []


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """What each kind of problem is: where `type` leads."""
    return render(request, "api/problems.html", {"kinds": KINDS.values()})


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """Any other address of the API. It is a route, so that nobody's body is lost to a redirect."""
    problem = simple("not_found", str(NOT_THERE))
    if not request.path_info.endswith("/") and _is_route(f"{request.path_info}/"):
        problem = simple("not_found", _("Addresses end in a slash: %(address)s") % {"address": f"{request.path_info}/"})
    return plain_response(problem, request.path)


def _is_route(path: str) -> bool:
    try:
        return resolve(path).func is not nowhere
    except Resolver404:
        return False
