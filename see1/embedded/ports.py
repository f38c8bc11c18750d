"""TCP ports on this machine's own address, which nothing outside it reaches."""

import secrets
import socket
from contextlib import suppress

from see1.embedded.processes import StackError

LOOPBACK = "127.0.0.1"


# Below what kernels hand out by themselves, or a connection of somebody's could take the port in between.
_QUIET_PORTS = range(20_000, 32_768)


def free_port() -> int:
    while True:
        port = secrets.choice(_QUIET_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port


def listening_socket(port: int) -> socket.socket:
    """Held by the runner and lent to the web server: a restarted one finds its callers still waiting."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise StackError(f"Port {port} can't be used ({error.strerror}): choose another with PORT=…") from error
    return listener


def port_number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StackError(f"PORT={text} is no port: a number from 1 to 65535 is.")
    return int(text)
