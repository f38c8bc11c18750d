"""A revision per module that changes with whatever a booking is checked against."""

import uuid

from django.db import migrations, models

from modules.migrations import renewing

TABLES = ("modules_zone", "modules_phase", "modules_flightrules", "modules_zonerule")

FUNCTIONS = """
CREATE FUNCTION modules_renew_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := gen_random_uuid();
    RETURN NEW;
END $$;
CREATE FUNCTION modules_renew_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE modules_module SET revision = gen_random_uuid();
    RETURN NULL;
END $$;
CREATE TRIGGER module_renews_its_revision BEFORE UPDATE ON modules_module
    FOR EACH ROW EXECUTE FUNCTION modules_renew_revision();
"""

NO_FUNCTIONS = """
DROP TRIGGER module_renews_its_revision ON modules_module;
DROP FUNCTION modules_renew_revisions();
DROP FUNCTION modules_renew_revision();
"""


class Migration(migrations.Migration):
    dependencies = [("modules", "0002_revisions_of_rules_and_closures")]

    operations = [
        migrations.AddField(
            model_name="module",
            name="revision",
            field=models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                help_text="Changed by triggers with whatever a booking is checked against.",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(renewing(table) for table in TABLES),
    ]
