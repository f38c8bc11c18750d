"""What every endpoint has in common: its query, its place in caches, and 304 for what has not changed."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from modules.api.answering import Deprecation
from modules.api.pages import CursorPages
from modules.api.queries import PageQuery, Query
from modules.api.sparse import keep_only

READS = ("GET", "HEAD")


class Endpoint(GenericAPIView[Any]):
    """`query` is what its GET may be asked; `refusals` are the codes it can answer beside the usual ones."""

    query: ClassVar[type[Query]] = Query
    refusals: ClassVar[tuple[str, ...]] = ()
    pagination_class: type[BasePagination] | None = None
    deprecated: ClassVar[Deprecation | None] = None
    asked: dict[str, Any]

    def _leaving(self) -> dict[str, str]:
        return self.deprecated.headers if self.deprecated else {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        kind = self.query if request.method in READS else Query
        if request.method in self.allowed_methods:  # else the method itself is refused
            self.asked = kind.read(request.query_params)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the fields that were asked for, and told what to expand."""
        serializer = super().get_serializer(*args, **kwargs)
        asked = getattr(self, "asked", {})
        names = asked.get("fields")
        keep_only(serializer, [*names, "expanded"] if names and asked.get("expand") else names)
        return serializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "expand": getattr(self, "asked", {}).get("expand", [])}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        for name, value in {**getattr(request, "answer_headers", {}), **self._leaving()}.items():
            response.headers[name] = value
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if request.method in READS and response.status_code == 200 and isinstance(response, Response):
            response.add_post_render_callback(lambda rendered: _unless_known(request, rendered))
        return response


def _unless_known(request: Request, response: Any) -> HttpResponseBase:
    """304 where the client has this answer already."""
    etag = response.headers.get("ETag") or f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    conditional = get_conditional_response(request._request, etag=etag, response=response)
    assert conditional is not None  # noqa: S101 - with a response given, one comes back
    return conditional


class Listing(Endpoint):
    """A list in pages. `ordering`: ascending columns, the last one unique."""

    query = PageQuery
    pagination_class = CursorPages
    ordering: ClassVar[tuple[str, ...]] = ("id",)

    def page(self) -> Response:
        pages = self.paginator
        assert pages is not None  # noqa: S101 - every listing has pages
        rows = pages.paginate_queryset(self.get_queryset(), self.request, view=self)
        return pages.get_paginated_response(self.get_serializer(rows, many=True).data)
