"""The suite's own PostgreSQL and Redis, in a temporary directory, started before Django's settings are read.

A plugin and not a conftest, because pytest-django reads the settings before any conftest is loaded. Under
xdist the controller starts the servers and the workers inherit their addresses: each worker has its own
database, as pytest-django does it, and its own Redis database by number.
"""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from see1.embedded.postgres import Postgres
from see1.embedded.redis_server import RedisServer
from see1.embedded.supervisor import Supervisor

NOTHING_TO_LOSE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",  # the races of two workers at once
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        start_missing_services()
    else:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = re.sub(r"(/\d+)?$", f"/{number}", os.environ["REDIS_URL"], count=1)
    return (yield)


def start_missing_services() -> None:
    """Whatever `DATABASE_URL` and `REDIS_URL` don't name."""
    directory = Path(tempfile.mkdtemp(prefix="see1-tests-"))
    supervisor = Supervisor(print)
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    atexit.register(supervisor.stop)  # runs first
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(directory / "postgres", log=directory / "postgres.log", settings=NOTHING_TO_LOSE)
        supervisor.start(postgres.process())
        os.environ["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        redis = RedisServer(directory / "redis", log=directory / "redis.log")
        supervisor.start(redis.process())
        os.environ["REDIS_URL"] = redis.url
