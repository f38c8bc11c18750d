"""Devices that are known from now on; the page for who tried too often, and for those whose tries cannot be counted."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from see1.known_devices import remember
from see1.log_in_limits import KNOWN_FROM_NOW_ON, TooManyLogIns
from see1.logging_config import get_logger
from see1.problems.faults import page

COUNTED = (reverse_lazy("account"), reverse_lazy("organisation_list"))
log = get_logger(__name__)


class LogInLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if account := request.META.get(KNOWN_FROM_NOW_ON):
            remember(request, response, account)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, RedisError) and request.path_info.startswith(tuple(map(str, COUNTED))):
            return _not_counted(exception)
        if not isinstance(exception, TooManyLogIns):
            return None
        minutes = max(1, -(-exception.wait_s // 60))
        sentence = ngettext(
            "Too many log-ins failed for this account or from this network. Wait %(count)d minute and try again; "
            "if the password is lost, set a new one meanwhile.",
            "Too many log-ins failed for this account or from this network. Wait %(count)d minutes and try again; "
            "if the password is lost, set a new one meanwhile.",
            minutes,
        )
        return page(
            429, _("Too many tries"), sentence % {"count": minutes}, headers={"Retry-After": str(exception.wait_s)}
        )


def _not_counted(error: RedisError) -> HttpResponseBase:
    """Sign-ups, resets and codes that cannot be counted wait: uncounted they could be tried without end."""
    log.error("accounts_not_counted", error=str(error))
    sentence = _("This cannot be done at the moment. Nothing was changed; try again in a minute.")
    return page(503, _("Not available at the moment"), sentence, headers={"Retry-After": "60"})
