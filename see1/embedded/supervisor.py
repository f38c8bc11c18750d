"""Starts processes in stages, watches them, brings back what dies, and stops all of them, last stage first.

Signals only set a flag: every wait here looks at it, so no process is ever started and then forgotten.
"""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from see1.embedded.processes import Process, StackError

START_TIMEOUT = 60.0
STOP_GRACE = 15.0
RESTARTS = 5
RESTART_PERIOD = 60.0
_BACK_OFF = 0.4
_POLL = 0.05


class StopAskedError(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


class Supervisor:
    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._stages: list[list[Process]] = []
        self._stop_asked = threading.Event()

    def listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, *processes: Process) -> None:
        """Returns once all are ready; they are watched from `watch` on and stopped before earlier ones."""
        self._stages.append([])
        for process in processes:
            process.start()
            self._stages[-1].append(process)
        for process in processes:
            self._wait_until_ready(process)

    def run_to_end(self, process: Process) -> None:
        process.start()
        self._stages.append([process])
        while (code := process.exit_code()) is None:
            self._pause(_POLL)
        self._stages.remove([process])
        if code != 0:
            raise StackError(f"{process.name} failed:\n{process.log_tail()}")

    def watch(self) -> None:
        while True:
            for process in self._processes():
                if process.exit_code() is not None:
                    self._restart(process)
            self._pause(4 * _POLL)

    def stop(self) -> None:
        for stage in reversed(self._stages):
            for process in stage:
                process.ask_to_stop()
            deadline = time.monotonic() + STOP_GRACE
            for process in stage:
                process.wait_until_stopped(max(0.0, deadline - time.monotonic()))
        self._stages.clear()

    def _processes(self) -> list[Process]:
        return [process for stage in self._stages for process in stage]

    def _wait_until_ready(self, process: Process) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not process.is_ready():
            if process.exit_code() is not None:
                raise StackError(f"{process.name} did not start:\n{process.log_tail()}")
            if time.monotonic() > deadline:
                raise StackError(f"{process.name} is not ready after {START_TIMEOUT:.0f} s:\n{process.log_tail()}")
            self._pause(_POLL)

    def _restart(self, process: Process) -> None:
        process.kill_group()
        self._say(f"{process.name} ended unexpectedly (exit code {process.exit_code()}); log: {process.log}")
        recent = [at for at in process.started_at if at > time.monotonic() - RESTART_PERIOD]
        if len(recent) > RESTARTS:
            raise StackError(f"{process.name} keeps ending, so everything stops:\n{process.log_tail()}")
        self._pause(len(recent) * _BACK_OFF)
        process.start()
        self._say(f"{process.name} restarted")

    def _pause(self, seconds: float) -> None:
        if self._stop_asked.wait(seconds):
            raise StopAskedError

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked.set()
