"""Two people write what only one can have, at the same moment: the database lets one, and the other is told.

Services foresee this where it can happen to producers. What is left are forms of the admin and of accounts, each saved
in one transaction, which is undone by the time that the exception comes here.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg2.errorcodes import EXCLUSION_VIOLATION, FOREIGN_KEY_VIOLATION, UNIQUE_VIOLATION

from see1.languages import language_asked
from see1.logging_config import get_logger
from see1.problems.faults import API, page

log = get_logger(__name__)

BY_ANOTHER = {UNIQUE_VIOLATION, EXCLUSION_VIOLATION, FOREIGN_KEY_VIOLATION}


class CollisionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        code = getattr(exception.__cause__, "pgcode", None)
        if not isinstance(exception, IntegrityError) or code not in BY_ANOTHER or request.path_info.startswith(API):
            return None
        log.warning("written_by_another", error=str(exception).strip())
        with translation.override(language_asked(request)):
            sentence = _(
                "Somebody else wrote the same at the same moment. Nothing of yours was kept: go back and look."
            )
            return page(409, _("Somebody else was faster"), sentence)
