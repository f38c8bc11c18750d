"""Invitations, and the audit of them, of mail addresses and of second factors."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from modules.migrations import auditing


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0017_schedule_revisions"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="language",
            field=models.CharField(
                db_default="en", default="en", help_text="Of mails to colleagues who have chosen none.", max_length=10
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("booker", "Booker"), ("viewer", "Viewer")], max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="bookings.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        fields=("organisation", "email"),
                        name="invitation_once_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="invitation_expires_after_its_making",
                    ),
                ],
            },
        ),
        auditing("bookings_invitation", "bookings.organisation", by="organisation_id", part="invitation"),
        auditing("account_emailaddress", "bookings.user", by="user_id", part="mail address"),
        auditing(
            "mfa_authenticator",
            "bookings.user",
            by="user_id",
            part="second factor",
            no_news="last_used_at",
            hidden="data",
        ),
    ]
