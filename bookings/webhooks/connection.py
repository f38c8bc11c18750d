"""One request to an address a partner gave us, made so that it cannot be turned against our own network.

The host is resolved once, every address it resolves to must be public, and the connection is made to the very
address that was checked (a second look-up could answer differently). Redirects are not followed, time-outs are
small, and of the answer only the status is read.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

RESOLVE_S, CONNECT_S, READ_S = 5.0, 3.0, 5.0
TOTAL_S = 10.0
"""For the whole of a request: whoever answers byte by byte never lets a read time out."""


class Unreachable(Exception):
    """The request could not be made, or got no answer; the text says why."""


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST `body` to `url`; the status of the answer. Raises Unreachable."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Unreachable(f"The address cannot be read: {error}"[:300]) from error
    address = _address(host, port)
    timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, server_hostname=host, assert_hostname=host, cert_reqs="CERT_REQUIRED"
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _bounded(pool):
            answer = pool.request(
                "POST",
                path,
                body=body,
                headers={**headers, "Host": parts.netloc},
                redirect=False,
                retries=False,
                preload_content=False,
            )
        status = int(answer.status)
        answer.close()
        return status
    except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        pool.close()


@contextmanager
def _bounded(pool: urllib3.HTTPConnectionPool) -> Iterator[None]:
    """Hang up after `TOTAL_S`, however lively the other side is: in the handshake of TLS, too."""
    sockets: list[socket.socket] = []
    is_late = threading.Event()

    class Watched(pool.ConnectionCls):  # type: ignore[misc, name-defined]  # plain or TLS, as the pool has it
        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            sockets.append(made.dup())  # TLS takes the descriptor away from the one that it wraps
            return made

    def hang_up() -> None:
        is_late.set()
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    pool.ConnectionCls = Watched
    timer = threading.Timer(TOTAL_S, hang_up)
    timer.daemon = True
    timer.start()
    failure: Exception | None = None
    try:
        yield
    except Exception as error:
        failure = error
    finally:
        timer.cancel()
        timer.join()
        for each in sockets:
            each.close()
    if is_late.is_set():  # what was read until then may look like an answer, or broke as a line that we cut breaks
        raise Unreachable(f"It had not answered after {TOTAL_S:g} seconds.") from failure
    if failure is not None:
        raise failure


def _address(host: str, port: int) -> str:
    """The address to connect to; raises Unreachable where the host has none, or one that is not public."""
    addresses = _addresses(host, port)
    if not settings.WEBHOOKS_ALLOW_PRIVATE:
        for address in addresses:
            if not is_public(address):
                raise Unreachable(f"{host} is at {address}, which is not a public address.")
    return addresses[0]


def _addresses(host: str, port: int) -> list[str]:
    """What `host` resolves to, within `RESOLVE_S`: the system's resolver takes as long as the host's own servers let
    it, and cannot be told to stop, so it is left behind in a thread of its own."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(entry[4][0]) for entry in found])
        except Exception as error:
            answers.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=RESOLVE_S)
    except Empty:
        raise Unreachable(f"{host} was not resolved within {RESOLVE_S:g} seconds."[:300]) from None
    if isinstance(answer, (OSError, UnicodeError)):
        raise Unreachable(f"{host} cannot be resolved: {answer}"[:300]) from answer
    if isinstance(answer, Exception):
        raise answer
    return answer


def is_public(address: str) -> bool:
    """Whether the address is one of the open internet; an IPv4 one inside an IPv6 one is seen through."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if any(ip in network for network in _SPECIAL if network.version == ip.version):
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or _translated(ip) or ip
    return ip.is_global and not ip.is_multicast


# Public by the letter of Python's tables, but leading somewhere else: IPv4-compatible and -translated IPv6, local
# translation (RFC 8215), old site-local, relay anycast (RFC 7526), protocol assignments (RFC 6890).
_SPECIAL = [
    ipaddress.ip_network(text)
    for text in ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10", "192.88.99.0/24", "192.0.0.0/24")
]
_TRANSLATION = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _TRANSLATION else None
