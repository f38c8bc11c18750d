"""How logs are written: one event a line, as JSON for machines or as a readable line for people.

structlog and the standard library's loggers come out of the same formatter, each line with what is bound around it
(`request_id`, `task`), and each looked through for secrets last of all.
"""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from see1.redaction import redact

STYLES = ("json", "lines")
_NOT_WRITTEN = ("request", "server_time")  # Django's extras: the whole request, and the time once more

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]


def logging_config(*, level: str, style: str) -> dict[str, Any]:
    """For Django's `LOGGING`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": {"()": formatter, "style": style}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handlers would write each line twice, in another form.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # runserver's and every request's line; ours has the request's id.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # SQL with its values, which are people's and secrets.
            "django.db.backends": {"level": "INFO"},
            # A line for each task, which `see1.tracing` writes with its time and what it did.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


def formatter(*, style: str) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_secrets,
            *_rendering(style),
        ],
    )


def configure_structlog() -> None:
    """So that structlog's own loggers go through the standard library's handlers; done once, at start."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _rendering(style: str) -> list[Processor]:
    if style == "json":
        return [structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain, timestamp_key="at")]


def _without_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {name: redact(value, name) for name, value in event.items() if name not in _NOT_WRITTEN}


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def level_of(status: int) -> int:
    """A request's line is worth a look when it failed by our fault."""
    return logging.ERROR if status >= 500 else logging.INFO
