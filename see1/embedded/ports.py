"""TCP ports on this machine's own address, which nothing outside it reaches."""

import socket

from see1.embedded.processes import StackError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def listening_socket(port: int) -> socket.socket:
    """Held by the runner and lent to the web server: a restarted one finds its callers still waiting."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise StackError(
            f"Port {port} can't be used ({error.strerror}): choose another with PORT=…"
        ) from error
    return listener
