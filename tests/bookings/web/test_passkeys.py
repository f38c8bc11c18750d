"""A passkey in software: what it says lets its owner in once, and nothing else lets anybody in."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData

from tests.bookings.web.test_accounts import PASSWORD
from tests.world import Company, World

HERE = "/accounts/second-factors/webauthn/"
LOG_IN, ADD = f"{HERE}login/", f"{HERE}add/"
ORIGIN, SITE = "https://testserver", b"testserver"
PRESENT_AND_VERIFIED, WITH_CREDENTIAL = 0x05, 0x40


def spelt(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Passkey:
    """Makes what `navigator.credentials` gives to a page, with a key of its own."""

    def __init__(self, name: bytes = b"a passkey's name") -> None:
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), name

    def created(self, challenge: str) -> dict[str, Any]:
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = bytes(AttestedCredentialData.create(b"\0" * 16, self.name, public))
        said = self._said(PRESENT_AND_VERIFIED | WITH_CREDENTIAL) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": said})
        return self._credential("webauthn.create", challenge, {"attestationObject": spelt(attestation)})

    def used(self, challenge: str, *, of: Company, origin: str = ORIGIN) -> dict[str, Any]:
        said, client = self._said(PRESENT_AND_VERIFIED), self._client("webauthn.get", challenge, origin)
        signature = self.key.sign(said + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {
            "authenticatorData": spelt(said),
            "signature": spelt(signature),
            "userHandle": spelt(user_pk_to_url_str(of.owner).encode()),
        }
        return self._credential("webauthn.get", challenge, parts, origin)

    def _said(self, flags: int) -> bytes:
        return sha256(SITE).digest() + bytes([flags]) + bytes(4)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _credential(self, kind: str, challenge: str, parts: dict[str, str], origin: str = ORIGIN) -> dict[str, Any]:
        client = spelt(self._client(kind, challenge, origin))
        return {
            "id": spelt(self.name),
            "rawId": spelt(self.name),
            "type": "public-key",
            "response": {"clientDataJSON": client, **parts},
            "clientExtensionResults": {"credProps": {"rk": True}},
        }


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


def browser() -> Client:
    return Client(headers={"host": "testserver"})


def challenge_of(client: Client) -> str:
    """The challenge that the log-in page gives its script."""
    asked = client.get(
        LOG_IN, headers={"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}, secure=True
    )
    return str(asked.json()["request_options"]["publicKey"]["challenge"])


def log_in(client: Client, credential: Any) -> bool:
    said = credential if isinstance(credential, str) else json.dumps(credential)
    answer = client.post(LOG_IN, {"credential": said}, secure=True)
    assert answer.status_code in {200, 302, 400}
    return client.get("/", secure=True).status_code == 200


def signed_in(company: Company) -> Client:
    client = browser()
    client.post("/accounts/login/", {"login": company.owner.email, "password": PASSWORD}, secure=True)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD}, secure=True)
    assert client.get(ADD, secure=True).status_code == 200
    return client


def add(client: Client, credential: Any) -> int:
    said = credential if isinstance(credential, str) else json.dumps(credential)
    return int(client.post(ADD, {"name": "x", "passwordless": "on", "credential": said}, secure=True).status_code)


def with_passkey(company: Company) -> Passkey:
    client, passkey = signed_in(company), Passkey()
    challenge = client.session["mfa.webauthn.state"]["challenge"]
    assert add(client, passkey.created(challenge)) == 302
    return passkey


def test_it_lets_its_owner_in(world: World) -> None:
    passkey, client = with_passkey(world.ours), browser()
    assert log_in(client, passkey.used(challenge_of(client), of=world.ours))


def test_what_was_said_once_lets_nobody_in_again(world: World) -> None:
    passkey, client = with_passkey(world.ours), browser()
    said = passkey.used(challenge_of(client), of=world.ours)
    assert log_in(client, said)
    client.post("/accounts/logout/", secure=True)
    assert not log_in(client, said), "in the same browser, which was asked nothing since"
    challenge_of(client)
    assert not log_in(client, said), "asked for something else"
    another = browser()
    challenge_of(another)
    assert not log_in(another, said)


def test_what_another_site_was_told_lets_nobody_in(world: World) -> None:
    passkey, client = with_passkey(world.ours), browser()
    assert not log_in(client, passkey.used(challenge_of(client), of=world.ours, origin="https://testserver.example"))


def test_a_key_lets_nobody_else_in(world: World) -> None:
    passkey, client = with_passkey(world.ours), browser()
    assert not log_in(client, passkey.used(challenge_of(client), of=world.theirs)), "who has none"
    with_passkey(world.theirs)
    assert not log_in(client, passkey.used(challenge_of(client), of=world.theirs)), "of the same name, with another key"


def test_a_signature_by_another_key_lets_nobody_in(world: World) -> None:
    with_passkey(world.ours)
    client = browser()
    assert not log_in(client, Passkey().used(challenge_of(client), of=world.ours))


def test_none_is_added_for_a_challenge_that_was_not_given(world: World) -> None:
    client = signed_in(world.ours)
    assert add(client, Passkey().created(spelt(b"another challenge of 32 bytes ..."))) == 200
    assert not Authenticator.objects.exists()


DEEP = 20_000
ODD = [
    "[" * DEEP,
    '{"a":' * DEEP,
    '{"id": ' + "9" * 5000 + "}",
    "NaN",
    '{"id": 1e999}',
    '"\\ud800"',
    '{"id": "\\ud800", "response": {"userHandle": "\\ud800"}}',
    json.dumps({"id": "x" * 70_000}),
]


@pytest.mark.parametrize("credential", ODD, ids=range(len(ODD)))
def test_what_is_no_json_of_a_browser_is_refused_in_words(world: World, credential: str) -> None:
    assert not log_in(browser(), credential)
    assert add(signed_in(world.ours), credential) == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "content", [b"\x81" * DEEP, b"\xa1" * DEEP, b"\x9b" + b"\xff" * 8, b"\x5b" + b"\xff" * 8], ids=range(4)
)
def test_what_is_no_attestation_is_refused_in_words(world: World, content: bytes) -> None:
    client = signed_in(world.ours)
    made = Passkey().created(client.session["mfa.webauthn.state"]["challenge"])
    made["response"]["attestationObject"] = spelt(content)
    assert add(client, made) == 200
    assert not Authenticator.objects.exists()
