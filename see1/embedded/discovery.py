"""Where PostgreSQL and Redis are: the environment first, then what `make run` left in its data directory.

Settings import this, so it needs nothing but the standard library.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[2]
SERVICES_FILE = "services.json"


@dataclass(frozen=True)
class ServiceUrls:
    """Addresses with their passwords; None where nothing says where the service is."""

    database_url: str | None
    redis_url: str | None


def data_dir() -> Path:
    """`SEE1_DATA_DIR`, taken from the project's directory where it is relative."""
    return PROJECT_DIR / (os.environ.get("SEE1_DATA_DIR") or "var")


def database_url() -> str | None:
    return service_urls().database_url


def redis_url() -> str | None:
    return service_urls().redis_url


def service_urls() -> ServiceUrls:
    running = _left_by_a_living_runner(data_dir() / SERVICES_FILE)
    return ServiceUrls(
        database_url=os.environ.get("DATABASE_URL") or running.get("database_url"),
        redis_url=os.environ.get("REDIS_URL") or running.get("redis_url"),
    )


def write_services(directory: Path, urls: ServiceUrls) -> None:
    """Written whole or not at all, and readable by its owner only: the URLs carry passwords."""
    content = {"pid": os.getpid(), "database_url": urls.database_url, "redis_url": urls.redis_url}
    new = directory / f"{SERVICES_FILE}.new"
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    new.replace(directory / SERVICES_FILE)


def forget_services(directory: Path) -> None:
    (directory / SERVICES_FILE).unlink(missing_ok=True)


def _left_by_a_living_runner(path: Path) -> dict[str, str]:
    """A runner that was killed leaves its file behind, and nothing listens there any more."""
    try:
        content = json.loads(path.read_text())
        alive = _is_alive(int(content["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return content if alive else {}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
