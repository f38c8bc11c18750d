"""Windows offered instead, and the audit of them and of searches that are kept."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from modules.migrations import auditing


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0018_invitations"),
        ("modules", "0005_withdrawn_ephemerides"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rebooking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "planned, nobody told"), ("offered", "offered")], max_length=10
                    ),
                ),
                ("reason", models.TextField(help_text="The producers are told.")),
                ("answer_by", models.DateTimeField()),
                ("author", models.CharField(max_length=200)),
                ("via", models.CharField(help_text="page, api, admin, task or import", max_length=10)),
                ("prepared_at", models.DateTimeField()),
                ("offered_at", models.DateTimeField(null=True)),
                ("offered_by", models.CharField(blank=True, max_length=200)),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rebookings", to="modules.module"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "position",
                    models.PositiveIntegerField(
                        help_text="Its turn: confirmed before requested before held, then by age."
                    ),
                ),
                ("version", models.PositiveIntegerField(help_text="Of the booking when its window was looked for.")),
                ("from_starts_at", models.DateTimeField(help_text="Where the booking stood then.")),
                ("from_ends_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("none", "no window found"),
                            ("open", "waits for the producer"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("lapsed", "lapsed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("why", models.TextField(blank=True, help_text="Why there is no window, or no longer.")),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "zones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), default=list, size=None
                    ),
                ),
                ("answer_by", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=200)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="bookings.booking"
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposed_as",
                        to="bookings.booking",
                    ),
                ),
                (
                    "rebooking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="bookings.rebooking"
                    ),
                ),
            ],
            options={
                "ordering": ["rebooking", "position"],
            },
        ),
        migrations.AddConstraint(
            model_name="rebooking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("offered_at__isnull", True), ("state", "planned")),
                    models.Q(("offered_at__isnull", False), ("state", "offered")),
                    _connector="OR",
                ),
                name="rebooking_offered_has_its_time",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(condition=models.Q(("state", "open")), fields=["answer_by"], name="proposal_to_lapse"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("booking",), name="proposal_one_open_a_booking"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True),
                    models.Q(("answer_by__isnull", False), ("hold__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_open_is_held",
            ),
        ),
        auditing("bookings_rebooking", "bookings.rebooking"),
        auditing("bookings_proposal", "bookings.booking", by="booking_id", part="proposal"),
        auditing("bookings_savedsearch", "bookings.savedsearch"),
    ]
