"""The keys by which an organization's badges are signed: RS256, as Open Badges 3.0 (8.2.1) asks.

The private part is kept enciphered. The newest key signs; every public one stays to verify by.
"""

import asyncio
from base64 import urlsafe_b64encode
from typing import ClassVar, Final

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from pymongo.errors import DuplicateKeyError

from content.documents import Document
from content.identity import new_id, now
from content.store import Store

BITS: Final = 2048


class BadgeKey(Document, frozen=True, kw_only=True):
    """A key: `modulus` and `exponent` as a JWK has them, `private` enciphered DER (PKCS #8)."""

    kind: ClassVar[str] = "badge_key"

    modulus: str
    exponent: str
    private: bytes
    current_for: str | None

    def jwk(self, kid: str) -> dict[str, str]:
        """The public part (RFC 7517), under the name by which badges name it."""
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": kid,
            "n": self.modulus,
            "e": self.exponent,
        }


class BadgeKeys:
    """Makes keys, and opens them to sign."""

    def __init__(self, store: Store, cipher: Fernet | MultiFernet) -> None:
        self._keys = store.of(BadgeKey)
        self._cipher = cipher
        self._opened: dict[str, RSAPrivateKey] = {}

    async def current(self, organization_id: str) -> BadgeKey:
        """The key that signs now, made when there is none."""
        found = await self._keys.first(organization_id, {"current_for": "badges"})
        return found or await self._make(organization_id)

    async def every(self, organization_id: str) -> list[BadgeKey]:
        """All keys that ever signed."""
        return await self._keys.all(organization_id, {}, [("created_at", 1)])

    async def get(self, organization_id: str, key_id: str) -> BadgeKey:
        """A key. Raises NotFound."""
        return await self._keys.get(organization_id, key_id)

    def private(self, key: BadgeKey) -> RSAPrivateKey:
        """The private part."""
        opened = self._opened.get(key.id)
        if opened is None:
            loaded = load_der_private_key(self._cipher.decrypt(key.private), None)
            if not isinstance(loaded, RSAPrivateKey):
                raise TypeError(key.id)
            opened = self._opened[key.id] = loaded
        return opened

    async def _make(self, organization_id: str) -> BadgeKey:
        private = await asyncio.to_thread(generate_private_key, 65537, BITS)
        public, moment = private.public_key().public_numbers(), now()
        der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        key = BadgeKey(
            id=new_id("badge_key"),
            organization_id=organization_id,
            created_at=moment,
            updated_at=moment,
            modulus=_number(public.n),
            exponent=_number(public.e),
            private=self._cipher.encrypt(der),
            current_for="badges",
        )
        try:
            return await self._keys.insert(key)
        except DuplicateKeyError:
            return await self.current(organization_id)


def _number(value: int) -> str:
    """Base64urlUInt (RFC 7518, 2)."""
    raw = value.to_bytes((value.bit_length() + 7) // 8)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
