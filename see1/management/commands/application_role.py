"""`python manage.py application_role`: the role that web, worker and beat work as, and what it may."""

from __future__ import annotations

from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from see1 import database_roles


class Command(BaseCommand):
    help = "Let the role of APPLICATION_DATABASE_URL work as the application does. As the owner, after each migration."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.APPLICATION_DATABASE_URL:
            raise CommandError(
                "Name the application's address in APPLICATION_DATABASE_URL, and the owner's in DATABASE_URL."
            )
        address = dj_database_url.parse(settings.APPLICATION_DATABASE_URL)
        role = str(address.get("USER") or "")
        if not role:
            raise CommandError("APPLICATION_DATABASE_URL names no role: it reads postgresql://role:password@host/name.")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                database_roles.grant(cursor, role=role, password=str(address.get("PASSWORD") or ""))
        except (DatabaseError, database_roles.RoleError) as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(
            f"{role} works as the application: it reads and writes rows, and of the audit only adds them."
        )
