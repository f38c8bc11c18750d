"""The foundation's tables. `renewing` is for migrations here and above."""

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
