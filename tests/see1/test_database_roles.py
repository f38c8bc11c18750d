"""The application's own role adds to the audit, and can neither change it nor switch off what keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from psycopg2 import sql

from see1 import database_roles
from see1.checks import OWN_ROLE, application_has_its_own_role

PASSWORD = "n8Q2vRt6yLw3-of-this-test"

REFUSED = {
    "UPDATE bookings_auditentry SET label = 'x'": "permission denied",
    "DELETE FROM bookings_auditentry": "permission denied",
    "TRUNCATE bookings_auditentry": "permission denied",
    "ALTER TABLE bookings_auditentry DISABLE TRIGGER ALL": "must be owner",
    "ALTER TABLE bookings_auditentry DISABLE TRIGGER audit_is_never_changed": "must be owner",
    "DROP TRIGGER audit_is_never_changed ON bookings_auditentry": "must be owner",
    "DROP TRIGGER audited ON bookings_production": "must be owner",
    "ALTER TABLE bookings_production DISABLE TRIGGER audited": "must be owner",
    "CREATE TRIGGER mine BEFORE INSERT ON bookings_auditentry FOR EACH ROW EXECUTE FUNCTION see1_audit_stays()": (
        "permission denied"
    ),
    "CREATE OR REPLACE FUNCTION see1_audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'": (
        "permission denied|must be owner"
    ),
    "DROP FUNCTION see1_audit_stays() CASCADE": "must be owner",
    "DROP TABLE bookings_auditentry": "must be owner",
    "ALTER TABLE bookings_auditentry OWNER TO CURRENT_USER": "must be owner",
    "SET session_replication_role = replica": "permission denied",
    "DELETE FROM django_migrations": "permission denied",
}


def connect(**said: str) -> Any:
    known = connection.settings_dict
    where = {"host": known["HOST"], "port": known["PORT"], "dbname": known["NAME"]}
    made = psycopg2.connect(**where, **({"user": known["USER"], "password": known["PASSWORD"]} | said))
    made.autocommit = True
    return made


@pytest.fixture
def role(db: None) -> Iterator[str]:
    """The application's role of this database; roles are the whole server's, so the database is in its name."""
    name = f"app_of_{connection.settings_dict['NAME']}"
    with closing(connect()) as owner, owner.cursor() as cursor:
        try:
            database_roles.grant(cursor, role=name, password=PASSWORD)
            yield name
        finally:
            cursor.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_connected_as_the_application_nothing_of_the_audit_can_be_undone(role: str) -> None:
    with closing(connect(user=role, password=PASSWORD)) as application, application.cursor() as cursor:
        for statement, why in REFUSED.items():
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match=why):
                cursor.execute(statement)
        assert not database_roles.may_change_audit(cursor)


def test_connected_as_the_application_what_is_written_is_audited(role: str) -> None:
    with closing(connect(user=role, password=PASSWORD)) as application, application.cursor() as cursor:
        application.autocommit = False
        cursor.execute(
            "INSERT INTO modules_place (slug, name, kind, latitude, longitude) VALUES ('x', 'X', 'city', 0, 0)"
        )
        cursor.execute("SELECT role, label FROM bookings_auditentry ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == (role, "X")
        application.rollback()


def test_what_is_given_too_much_is_taken_back(role: str) -> None:
    with closing(connect()) as owner, owner.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT ALL ON bookings_auditentry TO {}").format(sql.Identifier(role)))
        with closing(connect(user=role, password=PASSWORD)) as application, application.cursor() as mine:
            assert database_roles.may_change_audit(mine)
            database_roles.seal(cursor)
            assert not database_roles.may_change_audit(mine)


def test_the_owner_and_superusers_are_no_roles_for_the_application(db: None) -> None:
    owner = connection.settings_dict["USER"]
    own = override_settings(APPLICATION_DATABASE_URL=f"postgresql://{owner}:{PASSWORD}@db/see1")
    with own, pytest.raises(CommandError, match="owns the tables"):
        call_command("application_role")
    with override_settings(APPLICATION_DATABASE_URL=""), pytest.raises(CommandError, match="APPLICATION_DATABASE_URL"):
        call_command("application_role")


def test_checking_for_deployment_warns_of_one_role_unless_it_is_meant(db: None) -> None:
    with override_settings(ONE_DATABASE_ROLE=False, APPLICATION_DATABASE_URL=""):
        assert application_has_its_own_role(None) == [OWN_ROLE]
    with override_settings(ONE_DATABASE_ROLE=True, APPLICATION_DATABASE_URL=""):
        assert application_has_its_own_role(None) == []
