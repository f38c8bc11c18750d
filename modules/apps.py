"""The module, its time and its orbit."""

from django.apps import AppConfig

from modules import planned


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "Module and schedule"

    def ready(self) -> None:
        planned.connect()
