"""The switch of languages in the header: kept with the account, for its mails too, and in a cookie otherwise."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from bookings.languages import choose_language


@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    """Back to where they were, in the language chosen; one that we don't speak changes nothing."""
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        choose_language(user=request.user, language=language)
    return set_language(request)
