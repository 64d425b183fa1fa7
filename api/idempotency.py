"""Idempotency keys: a request that is sent again is answered again, and done once.

A key is claimed before anything is done, by an insertion that only one server can make. The claim
is held while the request runs and ends by itself when its server dies; then whoever asks next does
it. What was answered is kept for a day, sealed by the key itself: from the database alone nobody
reads a token or secret that an answer showed.
"""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from bson import Binary
from cryptography.fernet import Fernet
from pymongo.errors import DuplicateKeyError, PyMongoError

from api.errors import IdempotencyKeyReused, RequestInProgress
from api.store import Database, Fields, now
from content.identity import new_id
from lrs.cancellation import rest

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=30)
RENEWAL_SECONDS = 10.0
RETRY_AFTER = 2
LARGEST_ANSWER = 12 * 2**20
_COLLECTION = "idempotency_keys"


class KeptAnswer(msgspec.Struct, frozen=True):
    """What was answered the first time."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is recognised: `operation` is its route, `fingerprint` what it said."""

    organization_id: str
    person_id: str
    operation: str
    key: str
    fingerprint: bytes

    @property
    def id(self) -> str:
        """What the request is kept under."""
        return self._digest(b"id").hexdigest()

    def cipher(self, secret: bytes) -> Fernet:
        """Seals the answer; made of the client's key, which is kept nowhere."""
        sealing = hashlib.blake2b(self._digest(b"seal").digest(), key=secret, digest_size=32)
        return Fernet(base64.urlsafe_b64encode(sealing.digest()))

    def _digest(self, purpose: bytes) -> "hashlib.blake2b":
        parts = (self.organization_id, self.person_id, self.operation, self.key)
        return hashlib.blake2b(msgspec.json.encode(parts), digest_size=32, person=purpose)


async def prepare(database: Database) -> None:
    """Make the index by which MongoDB forgets; harmless when it is there."""
    await database[_COLLECTION].create_index("expires_at", expireAfterSeconds=0)


class IdempotencyKeys:
    """The `idempotency_keys` collection: organization_id, fingerprint, holder, until, answer,
    expires_at."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._keys = database[_COLLECTION]
        self._secret = secret

    async def answered(self, asked: Asked) -> KeptAnswer | None:
        """The answer of the first time; None when the request was never completed.

        Raises:
            IdempotencyKeyReused: the key came with another request.
        """
        found = await self._keys.find_one(self._where(asked))
        if found is None:
            return None
        if found["fingerprint"] != asked.fingerprint:
            raise IdempotencyKeyReused
        if "answer" not in found:
            return None
        return msgspec.msgpack.decode(
            asked.cipher(self._secret).decrypt(found["answer"]), type=KeptAnswer
        )

    @asynccontextmanager
    async def claimed(self, asked: Asked) -> AsyncIterator["Claim"]:
        """Hold the key while the request runs; without a kept answer it is free again after that.

        Raises:
            IdempotencyKeyReused: the key came with another request.
            RequestInProgress: the same request runs at this moment.
        """
        claim = Claim(holder=new_id("claim"))
        await self._take(asked, claim)
        renewing = asyncio.create_task(self._renew(asked, claim))
        try:
            yield claim
            await self._settle(asked, claim)
        except BaseException:
            await asyncio.shield(self._release(asked, claim))
            raise
        finally:
            renewing.cancel()

    async def _take(self, asked: Asked, claim: "Claim") -> None:
        free = {**self._where(asked), "answer": {"$exists": False}, "until": {"$lte": now()}}
        free["fingerprint"] = asked.fingerprint
        held = {"holder": claim.holder, "until": now() + LEASE, "expires_at": now() + KEPT}
        try:
            await self._keys.update_one(free, {"$set": held}, upsert=True)
        except DuplicateKeyError:
            await self.answered(asked)
            raise RequestInProgress(RETRY_AFTER) from None

    async def _renew(self, asked: Asked, claim: "Claim") -> None:
        while True:
            await rest(RENEWAL_SECONDS)
            with suppress(PyMongoError):
                await self._keys.update_one(
                    self._held(asked, claim), {"$set": {"until": now() + LEASE}}
                )

    async def _settle(self, asked: Asked, claim: "Claim") -> None:
        answer = claim.answer
        if answer is None or len(answer.body) > LARGEST_ANSWER:
            await self._release(asked, claim)
            return
        sealed = asked.cipher(self._secret).encrypt(msgspec.msgpack.encode(answer))
        kept = {"answer": Binary(sealed), "expires_at": now() + KEPT}
        await self._keys.update_one(self._held(asked, claim), {"$set": kept})

    async def _release(self, asked: Asked, claim: "Claim") -> None:
        held = {**self._held(asked, claim), "answer": {"$exists": False}}
        with suppress(PyMongoError):
            await self._keys.delete_one(held)

    def _where(self, asked: Asked) -> Fields:
        return {"_id": asked.id, "organization_id": asked.organization_id}

    def _held(self, asked: Asked, claim: "Claim") -> Fields:
        return {**self._where(asked), "holder": claim.holder}


@dataclass(slots=True)
class Claim:
    """A key that is held; what `answer` is when the request is done is kept."""

    holder: str
    answer: KeptAnswer | None = None
