"""What the foundation can refuse.

ModuleError
├── ImportRefused      a file that cannot be read, or does not belong here
└── ScheduleConflict   phases that would overlap, a closure that ends before it starts
"""


class ModuleError(Exception):
    """A refusal with a stable `code` and a sentence for people."""

    code = "module_error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ImportRefused(ModuleError):
    code = "import_refused"


class ScheduleConflict(ModuleError):
    code = "schedule_conflict"
