"""The migrations' step of `make lint`: what would lock a large table, or break the code of the release before.

The linter reads the SQL that Django makes, and Django asks a server for it; so an embedded one is started for the
moment. Errors (a column that the older code does not fill, a column or table dropped or renamed) fail the run;
warnings (an index made without CONCURRENTLY) are for whoever writes the migration to weigh.
"""

import os
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from see1.embedded.postgres import Postgres
from see1.embedded.supervisor import Supervisor


def main() -> None:
    supervisor = Supervisor(print)
    with tempfile.TemporaryDirectory(prefix="see1-lint-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        postgres = Postgres(directory / "postgres", log=directory / "postgres.log")
        try:
            supervisor.start(postgres.process())
            os.environ |= {"DATABASE_URL": postgres.url, "DJANGO_SETTINGS_MODULE": "see1.settings.lint"}
            django.setup()
            call_command("lintmigrations", quiet=["ok"])
        finally:
            supervisor.stop()


if __name__ == "__main__":
    main()
