"""Cancellation terms of a rate card; finance sets them, whoever sees the card reads them."""

import datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

GIVEN = {"Finance": ("view", "add", "change", "delete"), "Scheduler": ("view",), "Support": ("view",)}


def give_terms(apps: Any, schema_editor: Any) -> None:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="bookings", model="cancellationterm"
    )
    for name, verbs in GIVEN.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for verb in verbs:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind,
                codename=f"{verb}_cancellationterm",
                defaults={"name": f"Can {verb} cancellation term"},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0009_staff_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="CancellationTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notice", models.DurationField(help_text="Days and time before the start, as “30 00:00:00”.")),
                ("percent", models.DecimalField(decimal_places=2, help_text="Of the price.", max_digits=5)),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cancellation_terms",
                        to="bookings.ratecard",
                    ),
                ),
            ],
            options={
                "ordering": ["card", "notice"],
                "constraints": [
                    models.UniqueConstraint(fields=("card", "notice"), name="cancellation_term_said_once"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                        name="cancellation_term_is_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("notice__gt", datetime.timedelta(0))),
                        name="cancellation_notice_is_some_time",
                    ),
                ],
            },
        ),
        migrations.RunPython(give_terms, migrations.RunPython.noop),
    ]
