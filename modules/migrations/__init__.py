"""The foundation's tables. `renewing`, `marking` and `auditing` are for migrations here and above."""

from django.db import migrations


def renewing(table: str) -> migrations.RunSQL:
    """A change to `table` renews every module's revision: there are few modules, and such changes are rare."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_renews_revisions AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION modules_renew_revisions()",
        f"DROP TRIGGER {table}_renews_revisions ON {table}",
    )


def marking(table: str) -> migrations.RunSQL:
    """A change to `table` may change what every calendar shows: see `modules.models.mark`."""
    return migrations.RunSQL(
        f"DROP TRIGGER IF EXISTS {table}_marks ON {table}; "
        f"CREATE TRIGGER {table}_marks AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION modules_mark_all()",
        f"DROP TRIGGER {table}_marks ON {table}",
    )


def auditing(
    table: str, thing: str, *, by: str = "id", part: str = "", no_news: str = "", hidden: str = ""
) -> migrations.RunSQL:
    """Whatever changes a row of `table` is written to the audit, whoever does it; each table needs it once.

    The entry is of a `thing` ("bookings.organisation"), whose key stands in the column `by`. Where a row is only a
    part of the thing, `part` says which ("invitation"). `no_news` and `hidden` name columns, separated by commas: a
    change of the first alone is no entry, and of the second no value is kept. Such a migration depends on bookings'
    0014, which brings the function.
    """
    said = ", ".join(f"'{each}'" for each in (thing, by, part, no_news, hidden))
    return migrations.RunSQL(
        f"DROP TRIGGER IF EXISTS audited ON {table};"
        f"CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION see1_audit({said})",
        f"DROP TRIGGER audited ON {table}",
    )
