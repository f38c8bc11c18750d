"""Real starts and stops of everything that `make run` starts."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from see1.embedded.discovery import SERVICES_FILE
from see1.embedded.ports import LOOPBACK
from tests.stack import RunningStack

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded")]

SLOWEST_STOP_SECONDS = 20

StartStack = Callable[..., RunningStack]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared, so that all but one of these tests are second starts."""
    return tmp_path_factory.mktemp("stack") / "var"


@pytest.fixture
def start(data_dir: Path) -> Iterator[StartStack]:
    started: list[RunningStack] = []

    def start_stack(directory: Path = data_dir, **environment: str) -> RunningStack:
        started.append(RunningStack(directory, **{"DEMO": "0", **environment}))
        return started[-1]

    yield start_stack
    for stack in started:
        stack.stop()


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=SLOWEST_STOP_SECONDS)
    assert alive == []


def assert_closed(port: int) -> None:
    with socket.socket() as probe:
        assert probe.connect_ex((LOOPBACK, port)) != 0


def listening_ports(processes: list[psutil.Process]) -> set[int]:
    return {
        connection.laddr.port
        for process in processes
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_starts_answers_and_leaves_nothing_behind(start: StartStack, number: signal.Signals) -> None:
    stack = start().wait_until_greeting()
    children = stack.children()
    ports = listening_ports(children)

    assert stack.status() is not None
    assert stack.url in stack.output
    assert len(ports) == 3  # web, PostgreSQL, Redis

    assert stack.stop(number) == 0
    assert_gone(children)
    for port in ports:
        assert_closed(port)
    assert not (stack.data_dir / SERVICES_FILE).exists()


def test_listens_on_loopback_only(start: StartStack) -> None:
    stack = start().wait_until_greeting()
    addresses = {
        connection.laddr.ip
        for process in stack.children()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {LOOPBACK}


def test_prints_the_demo_log_ins_once_the_web_answers(start: StartStack) -> None:
    stack = start(DEMO="1").wait_until_greeting()
    assert "producer@demo.see1.example" in stack.output
    assert "see1_demo_partner_readonly" in stack.output


def test_data_outlives_a_stop_and_a_second_terminal_finds_it(start: StartStack) -> None:
    first = start().wait_until_greeting()
    first.manage("shell", "-c", _sql("CREATE TABLE kept AS SELECT 42 AS answer"))
    first.stop()

    second = start().wait_until_greeting()
    assert "42" in second.manage("shell", "-c", _sql("SELECT answer FROM kept", show=True))
    second.manage("shell", "-c", _sql("DROP TABLE kept"))


def _sql(statement: str, *, show: bool = False) -> str:
    run = f"from django.db import connection; c = connection.cursor(); c.execute({statement!r})"
    return f"{run}; print(c.fetchall())" if show else run


def test_a_second_one_on_the_same_directory_is_refused(start: StartStack, data_dir: Path) -> None:
    first = start().wait_until_greeting()
    second = RunningStack(data_dir, DEMO="0")

    assert second.runner.wait(20) == 1
    assert f"already running in {data_dir} (process {first.runner.pid})" in second.output
    assert "Traceback" not in second.output
    assert first.status() is not None


def test_a_taken_port_is_named(start: StartStack) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        stack = start(PORT=str(port))
        assert stack.runner.wait(20) == 1
    assert f"Port {port} can't be used" in stack.output
    assert "Traceback" not in stack.output


def test_a_killed_runner_takes_everything_with_it_and_the_next_one_recovers(start: StartStack) -> None:
    killed = start().wait_until_greeting()
    children = killed.children()
    os.kill(killed.runner.pid, signal.SIGKILL)
    again = start()  # at once, while the old servers may still be stopping

    assert_gone(children)
    assert again.wait_until_greeting().status() is not None


def test_everything_killed_at_once_is_recovered_from(start: StartStack) -> None:
    killed = start().wait_until_greeting()
    children = killed.children()
    os.kill(killed.runner.pid, signal.SIGKILL)
    for child in children:
        child.kill()

    assert_gone(children)
    assert start().wait_until_greeting().status() is not None


def test_what_dies_is_started_again(start: StartStack) -> None:
    stack = start().wait_until_greeting()
    marks = {"worker": "celery --app=see1.celery:app worker", "beat": "app beat", "web": "gunicorn"}
    marks |= {"redis": "redis-server", "postgres": "postgres -D"}
    leaders = {name: stack.leader(mark) for name, mark in marks.items()}
    families = stack.children()
    for leader in leaders.values():
        leader.kill()

    stack.wait_for(lambda: all(f"{name} restarted" in stack.output for name in leaders))
    assert_gone(families)
    stack.wait_for(lambda: stack.status() is not None)
    stack.wait_for(lambda: _database_answers(stack))


def _database_answers(stack: RunningStack) -> bool:
    try:
        return "1" in stack.manage("shell", "-c", _sql("SELECT 1", show=True))
    except Exception:
        return False


def test_a_path_longer_than_a_socket_may_have(start: StartStack, tmp_path: Path) -> None:
    directory = tmp_path / ("long " * 20).strip() / ("longer " * 20).strip() / "var"
    directory.parent.mkdir(parents=True)
    assert len(str(directory)) > 200
    assert start(directory).wait_until_greeting().status() is not None


def test_given_services_are_used_and_left_alone(start: StartStack) -> None:
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    database = f"stack_{os.getpid()}"
    with closing(psycopg2.connect(urls["DATABASE_URL"])) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {database}")
        urls["DATABASE_URL"] = urls["DATABASE_URL"].rpartition("/")[0] + f"/{database}"
        stack = start(**urls).wait_until_greeting()
        names = {process.name() for process in stack.children()}
        assert names.isdisjoint({"postgres", "redis-server"})
        stack.stop()
        connection.cursor().execute(f"DROP DATABASE {database}")
