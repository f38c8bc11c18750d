"""Two roles of the database: whose the tables are, and as whom the application works.

Whoever owns a table can switch its triggers off or drop them, so what only triggers keep is kept from everybody but
the owner. The audit is to be append-only to the application itself. So migrations run as the owner, and web, worker
and beat as a role that reads and writes rows of every table, of the audit only adds them, and owns nothing.
"""

from __future__ import annotations

from typing import Any

from psycopg2 import sql

AUDIT = "bookings_auditentry"

_RIGHTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # What a later migration or a restore makes is the application's to use at once.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)

_OTHERS = """
SELECT DISTINCT grantee.rolname
FROM pg_class, aclexplode(relacl) AS given JOIN pg_roles AS grantee ON grantee.oid = given.grantee
WHERE pg_class.oid = to_regclass(%s) AND given.grantee <> relowner
"""

_MAY_CHANGE = """
SELECT me.rolsuper OR pg_has_role(me.oid, relowner, 'MEMBER')
    OR has_table_privilege(me.oid, pg_class.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
FROM pg_class, pg_roles AS me WHERE pg_class.oid = to_regclass(%s) AND me.rolname = current_user
"""


class RoleError(Exception):
    """This role cannot be the application's; the text says why."""


def grant(cursor: Any, *, role: str, password: str) -> None:
    """Let `role` work as the application does; it is made where there is none. As the owner, after each migration."""
    cursor.execute("SELECT current_user, current_database()")
    owner, database = cursor.fetchone()
    if role == owner:
        raise RoleError(f"{role} owns the tables, so nothing can be kept from it: name another role.")
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
    known = cursor.fetchone()
    if known and known[0]:
        raise RoleError(f"{role} is a superuser, so nothing can be kept from it: name another role.")
    verb = "ALTER" if known else "CREATE"
    named = {"role": sql.Identifier(role), "database": sql.Identifier(database)}
    with_password = sql.SQL(" LOGIN PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL(" LOGIN")
    _run(cursor, sql.SQL(f"{verb} ROLE {{role}}").format(**named) + with_password)
    for right in _RIGHTS:
        _run(cursor, sql.SQL(right).format(**named))
    seal(cursor)


def seal(cursor: Any) -> None:
    """Leave nobody but the owner more of the audit than to read it and to add to it."""
    cursor.execute(_OTHERS, [AUDIT])
    for (role,) in cursor.fetchall():
        revoked = "REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {audit} FROM {role}"
        _run(cursor, sql.SQL(revoked).format(audit=sql.Identifier(AUDIT), role=sql.Identifier(role)))


def may_change_audit(cursor: Any) -> bool:
    """Whether whoever is connected could change the audit, or switch off what keeps it."""
    cursor.execute(_MAY_CHANGE, [AUDIT])
    found = cursor.fetchone()
    return bool(found and found[0])


def _run(cursor: Any, statement: sql.Composable) -> None:
    cursor.execute(statement.as_string(getattr(cursor, "cursor", cursor)))
