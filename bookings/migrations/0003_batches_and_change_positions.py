"""Windows reserved as one, and the order in which changes became visible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_feeds_and_webhooks")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE bookings_change_position AS bigint", "DROP SEQUENCE bookings_change_position"
        ),
        migrations.AddField(
            model_name="booking",
            name="batch",
            field=models.UUIDField(blank=True, help_text="Shared by windows that were reserved as one.", null=True),
        ),
        migrations.AddField(
            model_name="transition",
            name="position",
            field=models.BigIntegerField(
                editable=False,
                help_text="Its place in the order in which changes became visible.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(fields=["position"], name="transition_by_position"),
        ),
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(
                condition=models.Q(("position__isnull", True)), fields=["id"], name="transition_unplaced"
            ),
        ),
    ]
