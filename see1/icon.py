"""The icon that browsers ask for by its old name, where a page names none: the admin and the API's documentation."""

from typing import Any

from django.templatetags.static import static
from django.views.generic import RedirectView


class Icon(RedirectView):
    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        return static("web/icon.svg")
