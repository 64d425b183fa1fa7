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
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from content.documents import Document, encode
from content.errors import Conflict
from content.identity import new_id, now
from content.store import Store

BITS: Final = 2048
USE: Final = "badges"


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
        found = await self._keys.first(organization_id, {"current_for": USE})
        return found or await self._make(organization_id)

    async def every(self, organization_id: str) -> list[BadgeKey]:
        """All keys that ever signed and were not withdrawn, the newest last."""
        return await self._keys.all(organization_id, {}, [("created_at", 1)])

    async def get(self, organization_id: str, key_id: str) -> BadgeKey:
        """A key. Raises NotFound."""
        return await self._keys.get(organization_id, key_id)

    async def rotate(self, organization_id: str) -> BadgeKey:
        """Sign by a new key from now on; what was signed by the old one is verified as before."""
        key, keys = await self._drawn(organization_id), self._keys.collection

        async def change(session: AsyncClientSession) -> None:
            await keys.update_many(
                {"organization_id": organization_id, "current_for": USE},
                {"$set": {"current_for": None, "updated_at": now()}, "$inc": {"version": 1}},
                session=session,
            )
            await keys.insert_one(encode(key), session=session)

        async with keys.database.client.start_session() as session:
            await session.with_transaction(change, write_concern=WriteConcern("majority"))
        return key

    async def withdraw(self, organization_id: str, key_id: str) -> BadgeKey:
        """Forget a key, because others have it perhaps: nothing that it signed is verified by it
        any more. Raises NotFound, Conflict (badge_key_in_use).
        """
        key = await self.get(organization_id, key_id)
        if key.current_for is not None:
            raise Conflict("badge_key_in_use", "Badges are signed by this key: rotate it first.")
        return await self._keys.remove(organization_id, key_id)

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
        try:
            return await self._keys.insert(await self._drawn(organization_id))
        except DuplicateKeyError:
            return await self.current(organization_id)

    async def _drawn(self, organization_id: str) -> BadgeKey:
        private = await asyncio.to_thread(generate_private_key, 65537, BITS)
        public, moment = private.public_key().public_numbers(), now()
        der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return BadgeKey(
            id=new_id("badge_key"),
            organization_id=organization_id,
            created_at=moment,
            updated_at=moment,
            modulus=_number(public.n),
            exponent=_number(public.e),
            private=self._cipher.encrypt(der),
            current_for=USE,
        )


def _number(value: int) -> str:
    """Base64urlUInt (RFC 7518, 2)."""
    raw = value.to_bytes((value.bit_length() + 7) // 8)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
