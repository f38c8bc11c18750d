"""One process that the stack starts, and how it ends.

Every process leads a session of its own, so that Ctrl-C in the terminal reaches the runner alone, which
then stops the others in order, and so that whatever a killed process leaves behind can be found by its group.
Where the kernel offers it (Linux, by util-linux's `setpriv`) a process is also told to stop when the runner
itself is killed and can no longer do so.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil

TAIL_LINES = 15


class StackError(Exception):
    """Something that the person at the terminal can act on; printed without a traceback."""


def _always_ready() -> bool:
    return True


def _nothing() -> None:
    return None


@dataclass(kw_only=True)
class Process:
    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    descriptors: Sequence[int] = ()
    is_ready: Callable[[], bool] = _always_ready
    before_start: Callable[[], None] = _nothing
    started_at: list[float] = field(default_factory=list)
    _popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    def start(self) -> None:
        self.before_start()
        self.started_at.append(time.monotonic())
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                tied_to_this_process(self.command, at_death=self.stop_signal),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.descriptors,
                start_new_session=True,
            )

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._running().poll()

    def ask_to_stop(self) -> None:
        if self.exit_code() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, self.stop_signal)

    def wait_until_stopped(self, grace: float) -> None:
        """After `grace` seconds it is killed, and with it whatever of its group is still there."""
        with suppress(subprocess.TimeoutExpired):
            self._running().wait(grace)
        self.kill_group()
        self._running().wait()

    def kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._popen is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._popen


def tied_to_this_process(command: Sequence[str], *, at_death: signal.Signals) -> list[str]:
    """`command`, to be sent `at_death` when this process dies, however it dies."""
    setpriv = tying_setpriv()
    if setpriv is None or command[0] == setpriv:
        return list(command)
    return [setpriv, *death_options(at_death), "--", *command]


def death_options(at_death: signal.Signals) -> list[str]:
    return ["--pdeathsig", at_death.name.removeprefix("SIG")]


@cache
def tying_setpriv() -> str | None:
    """util-linux's setpriv; busybox's can't tie a process to its parent."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return None
    probe = subprocess.run(
        [setpriv, "--pdeathsig", "TERM", "--", setpriv, "--version"], capture_output=True, check=False
    )
    return setpriv if probe.returncode == 0 else None


def end_leftover(pid_file: Path, *, name: str, directory: Path, stop_signal: signal.Signals) -> None:
    """End the server that a killed runner left in `directory`, if it still runs.

    The pid may since have gone to a stranger, so its name and working directory decide.
    """
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        if process.name() == name and Path(process.cwd()) == directory.resolve():
            process.send_signal(stop_signal)
            _kill_unless_gone(process)
    pid_file.unlink(missing_ok=True)


def _kill_unless_gone(process: psutil.Process) -> None:
    try:
        process.wait(15)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(5)
