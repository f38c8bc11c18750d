"""Sessions as Django keeps them in the database; how one is asked for is written once, for every request asks."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from modules.prepared import Prepared, Slot

_SESSION = Prepared[Session](lambda: Session.objects.filter(session_key=Slot("key"), expire_date__gt=Slot("at")))


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        """As Django's, which finds nothing where the key is no key: a NUL cannot even be asked for."""
        key = self.session_key or ""
        found = _SESSION.first(key=key, at=timezone.now()) if "\x00" not in key else None
        if found is None:
            self._session_key = None
        return found
