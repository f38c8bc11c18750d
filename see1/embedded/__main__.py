"""`python3 -m see1.embedded run | install`: what works on a bare checkout.

Standard library only, down to `installation`; the rest runs inside `.venv`.
"""

import argparse
import os
import signal
import sys
from types import FrameType

from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.installation import PYTHON, InstallationError, install


def main() -> None:
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, _exit)
    python = sys.executable
    if not arguments.no_venv:
        try:
            install(development=arguments.command != "run" and arguments.dev)
        except InstallationError as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            sys.exit(130)
        python = str(PYTHON)
    if arguments.command == "run":
        os.chdir(PROJECT_DIR)
        os.execv(python, [python, "-m", "see1.embedded.run"])  # noqa: S606 - the same process goes on


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m see1.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="install what is needed, then run everything until Ctrl-C")
    run.add_argument("--no-venv", action="store_true", help="use this Python and what it has installed")
    install_ = commands.add_parser("install", help="create .venv and install the pinned requirements")
    install_.add_argument("--dev", action="store_true", help="the tests' and linters' too")
    install_.set_defaults(no_venv=False)
    return parser


def _exit(number: int, frame: FrameType | None) -> None:
    """Leaving by an exception ends the child that is being waited for."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
