"""What `check --deploy` looks at that no setting tells."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.db import DatabaseError, connection

from see1 import database_roles

OWN_ROLE = Warning(
    "The application is connected as a role that could change the audit, or switch off the triggers that keep it.",
    hint="Migrate as the owner and run web, worker and beat as another role (`manage.py application_role`; "
    "docs/operations/README.md), or say ONE_DATABASE_ROLE=1 where one role is enough.",
    id="see1.W001",
)


@register(Tags.security, deploy=True)
def application_has_its_own_role(app_configs: Any, **_: Any) -> list[Warning]:
    """Nothing where no database answers; nor for the owner's environment, which names the application's address."""
    if settings.ONE_DATABASE_ROLE or settings.APPLICATION_DATABASE_URL:
        return []
    try:
        with connection.cursor() as cursor:
            return [OWN_ROLE] if database_roles.may_change_audit(cursor) else []
    except DatabaseError:
        return []
