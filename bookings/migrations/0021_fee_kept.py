"""What cancelling costs of a booking that was confirmed before its producer changed it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0020_seasons_taxes_and_media_return")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="fee_kept",
            field=models.DecimalField(
                db_default=0,
                decimal_places=2,
                default=0,
                editable=False,
                help_text="What cancelling costs until it is confirmed anew: its producer changed what was confirmed.",
                max_digits=14,
            ),
        ),
    ]
