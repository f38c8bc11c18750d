"""Bodies that come in pieces without saying how long they are.

Django reads no more than `Content-Length` says, so a chunked body would count as empty. Here it is read up to the
limit and given its length; a longer one is given a length over every limit there is, for it is not all there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from see1.problems.document import plain_response, simple

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MOST_READ_AND_DROPPED = 32 * 1024 * 1024
PIECE = 256 * 1024
OVER_EVERY_LIMIT = 2**40


class MeasuredBodies:
    """`wsgi.input_terminated` is the server's word that reading a chunked body ends where it ends."""

    def __init__(self, application: WsgiApplication, limit: int) -> None:
        self._application = application
        self._limit = limit

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if chunked and not environ.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated"):
            try:
                body = self._read(environ["wsgi.input"])
            except OSError:  # the pieces are malformed, or their sender is gone
                return _refuse(start_response, environ.get("PATH_INFO", "/"))
            length = len(body) if len(body) <= self._limit else OVER_EVERY_LIMIT
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(length)
        return self._application(environ, start_response)

    def _read(self, stream: Any) -> bytes:
        body = stream.read(self._limit + 1)
        left = MOST_READ_AND_DROPPED if len(body) > self._limit else 0
        while left > 0 and (piece := stream.read(PIECE)):
            left -= len(piece)
        return bytes(body)


def _refuse(start_response: Callable[..., Any], path: str) -> list[bytes]:
    response = plain_response(simple("bad_request", "The body could not be read to its end."), path)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]
