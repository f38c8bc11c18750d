"""Real processes on a Redis of their own, for it is flushed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from see1.embedded.redis_server import RedisServer
from see1.embedded.supervisor import Supervisor
from tests.processes import Processes
from tests.smtp_sink import Sink
from tests.world import World, build


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("broker")
    supervisor = Supervisor(print)
    redis = RedisServer(directory / "redis", log=directory / "redis.log")
    supervisor.start(redis.process())
    yield redis.url
    supervisor.stop()


@pytest.fixture
def broker(broker_url: str) -> Iterator[Redis]:
    with Redis.from_url(broker_url) as redis:
        yield redis


@pytest.fixture
def processes(world: World, sink: Sink, broker_url: str, tmp_path: Path) -> Iterator[Processes]:
    """After the world, so that they are gone before its tables are emptied."""
    started = Processes(
        tmp_path,
        REDIS_URL=broker_url,
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(sink.port),
    )
    yield started
    started.close()
