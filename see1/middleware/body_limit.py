"""Bodies of pages have a limit too: Django's own leaves out files, which a stranger could send to any form.

The API refuses large bodies by itself, as a problem. In the admin staff load files; everything else is forms.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from see1.languages import language_asked
from see1.problems.faults import API, page

ADMIN = "/admin/"
MIB = 1024 * 1024


class BodyLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(API) or _length(request) <= (limit := _limit(request)):
            return self._get_response(request)
        with translation.override(language_asked(request)):
            sentence = _("At most %(most)d MiB can be sent here. Nothing of it was kept.") % {"most": limit // MIB}
            return page(413, _("That is too large"), sentence)


def _limit(request: HttpRequest) -> int:
    is_admin = request.path_info.startswith(ADMIN)
    return int(settings.MAX_UPLOAD_BYTES if is_admin else settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
