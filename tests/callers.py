"""Callers of the API: each a real client with a real key, or a browser's session."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from bookings.keys import make_key
from bookings.models import Organisation, Scope, User
from tests.world import NOW, World

PREFIX = "/api/v1/"


class Caller:
    """`caller.get("bookings/", page_size=2)`, `caller.post("bookings/", body, if_match=etag)`."""

    def __init__(self, key: str = "", **options: Any) -> None:
        self.client = Client(raise_request_exception=False, **options)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, address: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(full(address), query or {}, headers=self._with(headers))

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self._send("POST", address, body, headers)

    def patch(self, address: str, body: Any, **headers: str) -> Any:
        return self._send("PATCH", address, body, headers)

    def send(self, method: str, address: str, content: bytes, kind: str = "application/json", **headers: str) -> Any:
        return self.client.generic(method, full(address), content, content_type=kind, headers=self._with(headers))

    def _send(self, method: str, address: str, body: Any, headers: dict[str, str]) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        return self.send(method, address, content, **headers)

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}


def full(address: str) -> str:
    return address if address.startswith(("/", "http")) else PREFIX + address


@dataclass
class Callers:
    ours: Caller
    theirs: Caller
    readonly: Caller
    staff: Caller
    anonymous: Caller

    @classmethod
    def of(cls, world: World) -> Callers:
        def key(user: User, organisation: Organisation | None, *scopes: str) -> Caller:
            _, plaintext = make_key(
                user=user, organisation=organisation, name="a system", at=NOW, scopes=scopes or list(Scope)
            )
            return Caller(plaintext)

        ours, theirs = world.ours, world.theirs
        return cls(
            ours=key(ours.owner, ours.organisation),
            theirs=key(theirs.owner, theirs.organisation),
            readonly=key(ours.owner, ours.organisation, Scope.READ),
            staff=key(world.staff_user, None),
            anonymous=Caller(),
        )


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document in `response`, after checking that it is a whole one of that status and code."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["status"], document["code"]) == (status, status, code), document
    assert document["type"].startswith("https://bookings.see1.example/api/v1/problems/#")
    assert document["title"]
    assert document["detail"]
    assert document["instance"].startswith("/api/")
    if status == 400:
        assert document["errors"], document
        for error in document["errors"]:
            assert error.keys() == {"field", "code", "detail"}
    return document
