"""Mails to whoever has no account yet; and who has one already counts as having a verified address."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, OuterRef


def verify_addresses(apps, schema_editor):
    """Staff made these accounts and wrote down their addresses, and mails go there: nobody has to verify them again."""
    User = apps.get_model("bookings", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    own = EmailAddress.objects.filter(user=OuterRef("pk"))
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user_id=pk, email=email.lower(), verified=True, primary=True)
            for pk, email in User.objects.filter(~Exists(own)).values_list("pk", "email").iterator()
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0015_saved_searches"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="address",
            field=models.EmailField(
                blank=True,
                db_default="",
                default="",
                help_text="Where it goes, if not to the recipient's own.",
                max_length=254,
            ),
        ),
        # Django would drop the foreign key and make it anew, which takes the table of users as well: a booking of the
        # release before, which has it and waits for the mails, would be given up as a deadlock.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="mail",
                    name="recipient",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE bookings_mail ALTER COLUMN recipient_id DROP NOT NULL",
                    "ALTER TABLE bookings_mail ALTER COLUMN recipient_id SET NOT NULL",
                ),
            ],
        ),
        migrations.RunPython(verify_addresses, migrations.RunPython.noop),
    ]
