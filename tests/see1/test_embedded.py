"""Real starts and stops of everything that `make run` starts."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from see1.embedded.discovery import SERVICES_FILE
from see1.embedded.ports import LOOPBACK
from tests.stack import RunningStack

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded")]

SLOWEST_STOP_SECONDS = 20
LONGEST_SOCKET_PATH = 107

StartStack = Callable[..., RunningStack]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One for all tests that leave it running."""
    stack = RunningStack(tmp_path_factory.mktemp("running") / "var", DEMO="1")
    try:
        yield stack.wait_until_greeting()
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the tests that stop what they start, so that most of them are second starts."""
    directory = tmp_path_factory.mktemp("stopped") / ("a long name " * 10).strip() / "var"
    directory.parent.mkdir()
    assert len(str(directory)) > LONGEST_SOCKET_PATH
    return directory


@pytest.fixture
def start(data_dir: Path) -> Iterator[StartStack]:
    started: list[RunningStack] = []

    def start_stack(**environment: str) -> RunningStack:
        started.append(RunningStack(data_dir, **{"DEMO": "0", **environment}))
        return started[-1]

    yield start_stack
    for stack in started:
        stack.stop()


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=SLOWEST_STOP_SECONDS)
    assert alive == []


def addresses(processes: list[psutil.Process]) -> set[tuple[str, int]]:
    listening = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a database session that has just ended
            for connection in process.net_connections("inet"):
                if connection.status == psutil.CONN_LISTEN:
                    listening.add((connection.laddr.ip, connection.laddr.port))
    return listening


def query(stack: RunningStack, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(stack.services()["database_url"])) as connection, connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


class TestRunning:
    def test_greets_once_the_web_answers(self, running: RunningStack) -> None:
        assert running.status() is not None
        assert f"running: {running.url}/" in running.output
        assert "producer@demo.see1.example" in running.output
        assert "see1_demo_partner_readonly" in running.output

    def test_listens_on_loopback_only(self, running: RunningStack) -> None:
        listening = addresses(running.children())
        assert {address for address, port in listening} == {LOOPBACK}
        assert len(listening) == 3  # web, PostgreSQL, Redis

    def test_wants_a_password(self, running: RunningStack) -> None:
        url = running.services()["database_url"]
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(url, password="guessed")

    def test_is_found_from_a_second_terminal(self, running: RunningStack) -> None:
        assert "No migrations to apply" in running.manage("migrate")

    def test_refuses_a_second_one_on_the_same_directory(self, running: RunningStack) -> None:
        second = RunningStack(running.data_dir)
        assert second.runner.wait(20) == 1
        refusal = f"already running in {running.data_dir} (process {running.runner.pid})"
        assert refusal in second.output
        assert "Traceback" not in second.output
        assert running.status() is not None
        assert query(running, "SELECT 1") == [(1,)]

    def test_brings_back_what_dies(self, running: RunningStack) -> None:
        marks = {"worker": "app worker", "beat": "app beat", "web": "gunicorn"}
        marks |= {"redis": "redis-server", "postgres": "postgres -D"}
        leaders = [running.leader(mark) for mark in marks.values()]
        families = running.children()
        for leader in leaders:
            leader.kill()

        running.wait_for(lambda: all(f"{name} restarted" in running.output for name in marks))
        assert_gone(families)
        running.wait_for(lambda: running.status() is not None)
        running.wait_for(lambda: database_answers(running))


def database_answers(stack: RunningStack) -> bool:
    try:
        return query(stack, "SELECT 1") == [(1,)]
    except psycopg2.OperationalError:
        return False


class TestStopping:
    def test_leaves_nothing_behind_but_the_data(self, start: StartStack) -> None:
        first = start().wait_until_greeting()
        query(first, "CREATE TABLE kept AS SELECT 42 AS answer")
        self.assert_stops_cleanly(first, signal.SIGTERM)

        second = start().wait_until_greeting()
        assert query(second, "SELECT answer FROM kept") == [(42,)]
        self.assert_stops_cleanly(second, signal.SIGINT)

    def assert_stops_cleanly(self, stack: RunningStack, number: signal.Signals) -> None:
        children = stack.children()
        listening = addresses(children)
        assert stack.stop(number) == 0
        assert "Traceback" not in stack.output
        assert_gone(children)
        assert not (stack.data_dir / SERVICES_FILE).exists()
        for address in listening:
            with socket.socket() as probe:
                assert probe.connect_ex(address) != 0

    def test_is_recovered_from_where_it_was_a_kill(self, start: StartStack) -> None:
        first = start().wait_until_greeting()
        children = first.children()
        os.kill(first.runner.pid, signal.SIGKILL)
        second = start()  # at once, while the old servers may still be stopping
        assert_gone(children)
        second.wait_until_greeting()

        children = second.children()
        for process in [psutil.Process(second.runner.pid), *children]:
            with suppress(psutil.NoSuchProcess):  # killed by its parent's end
                process.kill()
        assert_gone(children)
        third = start().wait_until_greeting()
        assert database_answers(third)


def test_a_taken_port_is_named(start: StartStack) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        stack = start(PORT=str(port))
        assert stack.runner.wait(20) == 1
    assert f"Port {port} can't be used" in stack.output
    assert "Traceback" not in stack.output


def test_given_services_are_used_and_left_alone(start: StartStack) -> None:
    database = f"stack_{os.getpid()}"
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {database}")
        given = {"DATABASE_URL": f"{server}/{database}", "REDIS_URL": os.environ["REDIS_URL"]}
        stack = start(**given).wait_until_greeting()
        names = {process.name() for process in stack.children()}
        assert names.isdisjoint({"postgres", "redis-server"})
        stack.stop()
        connection.cursor().execute(f"DROP DATABASE {database} WITH (FORCE)")
