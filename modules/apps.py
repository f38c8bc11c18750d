"""The module, its time and its orbit."""

from django.apps import AppConfig


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "Module and schedule"
