"""A rate renews its module's revision; a booking's arrival is drawn as it is written."""

from django.db import migrations, models

from modules.migrations import renewing


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_retry_mail"), ("modules", "0003_module_revision")]

    operations = [
        renewing("bookings_ratecard"),
        renewing("bookings_rate"),
        migrations.AlterField(
            model_name="booking",
            name="arrival",
            field=models.BigIntegerField(
                db_default=models.Func(models.Value("bookings_arrival"), function="nextval"),
                help_text="The order of arrival: ranks are a function of it alone.",
            ),
        ),
    ]
