"""Alive is easy; ready says what is not."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.test import Client

from see1 import health
from see1.celery import app


def test_alive_asks_nobody() -> None:
    response = Client().get("/healthz/")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_without_a_worker_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_S", 0.1)
    response = Client().get("/readyz/")
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "database": "reachable",
        "broker": "reachable",
        "worker": "unreachable",
    }


@pytest.mark.django_db
def test_without_a_broker_it_is_not_ready(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/readyz/")
    assert response.status_code == 503
    assert (response.json()["broker"], response.json()["worker"]) == ("unreachable", "unreachable")


@pytest.fixture
def worker() -> Iterator[None]:
    with start_worker(app, pool="threads", concurrency=1, perform_ping_check=False, shutdown_timeout=30):
        yield


@pytest.mark.django_db(transaction=True)
def test_with_all_of_them_it_is_ready(worker: None) -> None:
    response = Client().get("/readyz/")
    assert response.json() == {
        "status": "ready",
        "database": "reachable",
        "broker": "reachable",
        "worker": "reachable",
    }
    assert response.status_code == 200


def test_health_is_only_looked_at() -> None:
    assert Client().post("/healthz/").status_code == 405
