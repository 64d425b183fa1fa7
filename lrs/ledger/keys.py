"""The Ed25519 keys that sign, one at a time for each organization.

A private part is kept enciphered; of a key that another one follows, only the public part is.
"""

import hashlib
from datetime import UTC, datetime

import msgspec
from cryptography.fernet import InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lrs.errors import KeyUnreadable
from lrs.ledger.links import Key
from lrs.store import DURABLE, LEDGER_KEYS, Database


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as everybody may know it; `retired_at` None while it signs."""

    id: str
    public: str
    made_at: datetime
    retired_at: datetime | None


class Keys:
    """The `ledger_keys` collection: _id, organization_id, public, private, made_at, retired_at."""

    def __init__(self, database: Database, cipher: MultiFernet) -> None:
        self._keys = database.get_collection(LEDGER_KEYS, write_concern=DURABLE)
        self._cipher = cipher
        self._opened: dict[str, Ed25519PrivateKey] = {}

    async def make(self, organization_id: str) -> Key:
        """Make a key; nothing is signed by it until a link names it."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        key = Key(id=hashlib.sha256(public).hexdigest()[:16], public=public.hex())
        await self._keys.insert_one(
            {
                "_id": key.id,
                "organization_id": organization_id,
                "public": key.public,
                "private": self._cipher.encrypt(private.private_bytes_raw()),
                "made_at": datetime.now(UTC),
                "retired_at": None,
            }
        )
        self._opened[key.id] = private
        return key

    async def sign(self, organization_id: str, key_id: str, body: bytes) -> bytes:
        """Sign bytes by a key. Raises KeyUnreadable."""
        if key_id not in self._opened:
            self._opened[key_id] = await self._open(organization_id, key_id)
        return self._opened[key_id].sign(body)

    async def is_readable(self, organization_id: str, key_id: str) -> bool:
        """Say whether a key can sign."""
        try:
            await self.sign(organization_id, key_id, b"")
        except KeyUnreadable:
            return False
        return True

    async def retire(self, organization_id: str, but: str) -> None:
        """Forget the private part of every key but one."""
        await self._keys.update_many(
            {"organization_id": organization_id, "_id": {"$ne": but}, "retired_at": None},
            {"$set": {"retired_at": datetime.now(UTC)}, "$unset": {"private": ""}},
        )

    async def every(self, organization_id: str) -> list[PublicKey]:
        """All keys, the first one first."""
        found = self._keys.find({"organization_id": organization_id}, sort=[("made_at", 1)])
        return [msgspec.convert({**each, "id": each["_id"]}, PublicKey) async for each in found]

    async def _open(self, organization_id: str, key_id: str) -> Ed25519PrivateKey:
        found = await self._keys.find_one({"organization_id": organization_id, "_id": key_id})
        try:
            private = self._cipher.decrypt((found or {})["private"])
        except (KeyError, InvalidToken) as error:
            raise KeyUnreadable(key_id) from error
        return Ed25519PrivateKey.from_private_bytes(private)
