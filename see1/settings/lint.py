"""For `make lint` alone: the demo's settings and the linter of migrations, which nothing else installs."""

from see1.settings import base
from see1.settings.dev import *  # noqa: F403 - a settings module is its base and a few changes

INSTALLED_APPS = [*base.INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "sql_analyser": "postgresql",
    "no_cache": True,
    "include_apps": ["modules", "bookings"],
    # Their tables are small wherever they run: modules, of which there are few, and the rates of a card; and the new
    # constraint on rates is weaker than the one it stands for, so no rate can break it.
    "ignore_name": ["0003_module_revision", "0020_seasons_taxes_and_media_return"],
}
