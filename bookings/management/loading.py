"""What commands that load files for a module have in common: what they are told, and the module that is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules.models import Module


class LoadingCommand(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--module", default="see-1", help="The module's slug (default: see-1).")
        parser.add_argument("--dry-run", action="store_true", help="Print what it would do; change nothing.")

    def module(self, options: dict[str, Any]) -> Module:
        """The module asked for; raises CommandError, naming those that there are."""
        found = Module.objects.filter(slug=options["module"]).first()
        if found is None:
            known = ", ".join(Module.objects.values_list("slug", flat=True)) or "none yet; run load_see1 first"
            raise CommandError(f"There is no module “{options['module']}”. There is: {known}.")
        return found
