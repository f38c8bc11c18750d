"""The roof as a Django app, so that Celery's tasks are bound to our app wherever Django is set up."""

from django.apps import AppConfig

from see1.logging_config import configure_structlog


class See1Config(AppConfig):
    name = "see1"
    verbose_name = "SEE-1"

    def ready(self) -> None:
        from see1 import auditing, checks, traces, tracing  # noqa: F401,PLC0415 - models exist only now; checks register
        from see1.celery import app  # noqa: PLC0415 - Celery reads the settings, which exist only now

        configure_structlog()
        app.set_default()
        tracing.connect()
        auditing.connect()
        traces.start()
