"""What a key's scopes allow. Whose bookings one sees is not decided here, but by the querysets."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from bookings.models import ApiKey, Scope


class ScopedAccess(BasePermission):
    """Nobody anonymous; a key writes with the scope `book`, and reads with either."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiKey):
            _require_scope(request.auth, writing=request.method not in SAFE_METHODS)
            return True
        return bool(request.user and request.user.is_authenticated)


def _require_scope(key: ApiKey, *, writing: bool) -> None:
    enough = {Scope.BOOK} if writing else {Scope.READ, Scope.BOOK}
    if not enough & set(key.scopes):
        needed = Scope.BOOK if writing else Scope.READ
        raise PermissionDenied(
            _("This needs a key with the scope “%(scope)s”.") % {"scope": needed}, code="insufficient_scope"
        )
