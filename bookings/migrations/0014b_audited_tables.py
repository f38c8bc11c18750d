"""The triggers of the audit, a table at a time.

All in one transaction would hold each table that it had until the last was had, and a booking of the release before,
which takes them in another order, would be given up as a deadlock.
"""

from importlib import import_module

from django.db import migrations

audit = import_module("bookings.migrations.0014_audit")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("bookings", "0014_audit")]

    operations = [
        migrations.RunSQL(
            f"DROP TRIGGER IF EXISTS audited ON {table};\n{audit.trigger(table, *said)}",
            migrations.RunSQL.noop,  # gone with the function
        )
        for table, *said in audit.WATCHED
    ]
