"""The Authorization header of an xAPI request: Basic, or a Bearer token (Communication 4.0)."""

import base64
import binascii
from typing import NamedTuple

from lrs.errors import Finding, Unauthorized

_PREFIX = "lrs_"
_HOW = (
    "Send HTTP Basic authentication with a key and a secret, or Authorization: Bearer with a token."
)


class KeyAndSecret(NamedTuple):
    """What proves a credential."""

    key: str
    secret: str


class ForeignToken(NamedTuple):
    """A Bearer token that is not of a credential here."""

    token: str


def token_of(key: str, secret: str) -> str:
    """Return key and secret as one word, for `Authorization: Bearer`."""
    return _PREFIX + base64.urlsafe_b64encode(f"{key}:{secret}".encode()).decode().rstrip("=")


def read_authorization(header: str | None) -> KeyAndSecret | ForeignToken:
    """Return what the header says.

    Raises:
        Unauthorized: it is missing, of another kind, or malformed.
    """
    kind, _, word = (header or "").partition(" ")
    word = word.strip()
    if kind.lower() == "basic":
        return _key_and_secret(word, "The credential is not base64 of key:secret.")
    if kind.lower() != "bearer" or not word:
        raise unauthorized(_HOW)
    if word.startswith(_PREFIX):
        padded = word.removeprefix(_PREFIX).translate(str.maketrans("-_", "+/"))
        return _key_and_secret(padded + "=" * (-len(padded) % 4), "The token is not whole.")
    return ForeignToken(word)


def unauthorized(detail: str) -> Unauthorized:
    """Return the refusal of a header."""
    return Unauthorized(
        [
            Finding(
                detail=detail,
                where="Authorization",
                kind="header",
                rule="authentication",
                requirement="XAPI-00334",
            )
        ]
    )


def _key_and_secret(encoded: str, otherwise: str) -> KeyAndSecret:
    try:
        key, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise unauthorized(otherwise) from error
    if not colon:
        raise unauthorized(otherwise)
    return KeyAndSecret(key, secret)
