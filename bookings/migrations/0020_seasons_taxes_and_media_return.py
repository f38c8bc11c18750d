"""Seasons and taxes of rate cards, and media that come down.

Finance sets seasons as it sets rates.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from modules.migrations import auditing, renewing

GIVEN = {"Finance": ("view", "add", "change", "delete"), "Scheduler": ("view",), "Support": ("view",)}


def give_seasons(apps: Any, schema_editor: Any) -> None:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="bookings", model="season")
    for name, verbs in GIVEN.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for verb in verbs:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind, codename=f"{verb}_season", defaults={"name": f"Can {verb} season"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0019_proposals"),
        ("modules", "0005_withdrawn_ephemerides"),
    ]

    operations = [
        migrations.CreateModel(
            name="Season",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("starts_on", models.DateField(help_text="The first day, GMT.")),
                ("ends_on", models.DateField(help_text="The last day, included.")),
            ],
            options={
                "ordering": ["card", "starts_on", "id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="rate",
            name="rate_said_once",
        ),
        migrations.AddField(
            model_name="booking",
            name="media_return_kg",
            field=models.DecimalField(
                db_default=0,
                decimal_places=2,
                default=0,
                help_text="Media that come down by the next vehicle.",
                max_digits=6,
            ),
        ),
        migrations.AddField(
            model_name="ratecard",
            name="tax_name",
            field=models.CharField(blank=True, db_default="", help_text="As in VAT; empty: no tax.", max_length=50),
        ),
        migrations.AddField(
            model_name="ratecard",
            name="tax_percent",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, help_text="On top of the rates.", max_digits=5
            ),
        ),
        migrations.AlterField(
            model_name="rate",
            name="per",
            field=models.CharField(
                choices=[
                    ("zone_hour", "hour of a zone"),
                    ("crew_hour", "crew member and hour"),
                    ("power_kwh", "kilowatt-hour"),
                    ("downlink_mbps_hour", "Mbit/s and hour"),
                    ("media_return_kg", "kilogram of media brought down"),
                    ("booking", "booking"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_percent", 0),
                    models.Q(
                        ("tax_percent__gt", 0), ("tax_percent__lte", 100), models.Q(("tax_name", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="rate_card_tax_has_a_name",
            ),
        ),
        migrations.AddField(
            model_name="season",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="seasons", to="bookings.ratecard"
            ),
        ),
        migrations.AddField(
            model_name="rate",
            name="season",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="rates",
                to="bookings.season",
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.UniqueConstraint(
                fields=("card", "per", "zone", "activity", "phase_kind", "season"),
                name="rate_said_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="season",
            constraint=models.UniqueConstraint(fields=("card", "name"), name="season_named_once"),
        ),
        migrations.AddConstraint(
            model_name="season",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="season_ends_after_it_starts"
            ),
        ),
        renewing("bookings_season"),
        auditing("bookings_season", "bookings.ratecard", by="card_id", part="season"),
        migrations.RunPython(give_seasons, migrations.RunPython.noop),
    ]
