"""The four groups of staff, each with no more than its work needs.

A group that stands already under one of these names is given what it lacks and loses nothing. Undoing takes away no
group: people may be in it. Staff change the groups in the admin afterwards; nothing sets them back.
"""

from typing import Any

from django.db import migrations

SCHEDULE = (
    "modules.module", "modules.zone", "modules.place", "modules.phase", "modules.flightrules", "modules.zonerule",
    "modules.closure", "modules.closuremargin", "modules.ephemerisfile", "modules.trajectoryevent",
    "modules.orbitelements", "modules.downlinkprovider", "modules.relay", "modules.elementfeed",
)  # fmt: skip
BOOKED = (
    "bookings.booking", "bookings.transition", "bookings.challenge", "bookings.production", "bookings.organisation",
)  # fmt: skip
PRICES = ("bookings.ratecard", "bookings.rate")
PEOPLE = ("bookings.user", "bookings.membership")
MESSAGES = ("bookings.mail", "bookings.webhookendpoint", "bookings.webhookdelivery")

Rights = dict[str, tuple[str, ...]]


def _looks(*models: str) -> Rights:
    return dict.fromkeys(models, ("view",))


ALL = ("view", "add", "change", "delete")
KEPT = ("view", "add", "change")

GROUPS: dict[str, Rights] = {
    # Runs the calendar: bookings, closures, phases, and the orbit they hang on.
    "Scheduler": {
        **_looks(*SCHEDULE, *BOOKED, *PRICES, "bookings.mail"),
        "bookings.booking": KEPT,
        "modules.closure": KEPT,
        "modules.phase": KEPT,
        "modules.ephemerisfile": ("view", "add"),
        "modules.trajectoryevent": ("view", "change"),
        "modules.orbitelements": KEPT,
    },
    # Sets what things cost, and sees what was sold.
    "Finance": {
        **_looks("modules.module", "modules.zone", "modules.phase", *BOOKED),
        "bookings.ratecard": KEPT,
        "bookings.rate": ALL,
    },
    # Sets what a phase allows, and how long events close the module.
    "Flight rules": {
        **_looks(*SCHEDULE, "bookings.booking", "bookings.production", "bookings.organisation"),
        "modules.flightrules": ("view", "change"),
        "modules.zonerule": ALL,
        "modules.closuremargin": ALL,
        "modules.downlinkprovider": KEPT,
        "modules.relay": ALL,
    },
    # Helps companies and partners; confirms nothing, and lets nobody in as staff.
    "Support": {
        **_looks(*SCHEDULE, *BOOKED, *PEOPLE, *MESSAGES, *PRICES, "bookings.apikey"),
        "bookings.organisation": KEPT,
        "bookings.production": KEPT,
        "bookings.membership": ALL,
    },
}


def found_groups(apps: Any, schema_editor: Any = None) -> None:
    """Django makes permissions only after all migrations, so those that are missing are made here, as it names them."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for name, rights in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for label, verbs in rights.items():
            app_label, model = label.split(".")
            kind, _ = content_types.get_or_create(app_label=app_label, model=model)
            title = apps.get_model(app_label, model)._meta.verbose_name
            for verb in verbs:
                permission, _ = permissions.get_or_create(
                    content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {title}"}
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("bookings", "0008_conditions_checked"),
        ("modules", "0004_orbit_elements_and_downlink"),
    ]
    operations = [migrations.RunPython(found_groups, migrations.RunPython.noop)]
