"""Mails are also notifications; what was mailed before is taken as read."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0012_account_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notification_choice",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "not_by_mail",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "not_on_pages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="mail",
            name="read_at",
            field=models.DateTimeField(blank=True, editable=False, help_text="When it was read on a page.", null=True),
        ),
        migrations.RunSQL(
            "UPDATE bookings_mail SET read_at = sent_at WHERE state = 'sent'", reverse_sql=migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name="mail",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("sent", "Sent"),
                    ("withdrawn", "Withdrawn"),
                    ("failed", "given up"),
                    ("unwanted", "kept to the pages"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["recipient", "due_at"], name="mail_unread"
            ),
        ),
    ]
