"""The `documents` collection: State, Activity Profile and Agent Profile documents.

_id              "ORGANIZATION/" and the SHA-256 of the address: one address has one document
organization_id
kind             state, activity_profile or agent_profile
agent            agent key; None for an activity's profile
activity         IRI; None for an agent's profile
registration     lower-case UUID; None where none was given
document_id      the stateId or profileId
content          the bytes as they came
content_type     the header as it came
tag              the entity tag
modified         microseconds since 1970
revision         another one after each write; a write names the one that it replaces
"""

import hashlib
from typing import Any, Literal

import msgspec
from bson import ObjectId
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from lrs.store import DOCUMENTS, DURABLE, Database
from lrs.timestamps import now

Kind = Literal["state", "activity_profile", "agent_profile"]


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Whose documents they are: an activity's, an agent's, or an agent's with an activity."""

    organization_id: str
    kind: Kind
    agent: str | None = None
    activity: str | None = None
    registration: str | None = None


class Address(msgspec.Struct, frozen=True):
    """Where one document is: its subject, and its stateId or profileId."""

    subject: Subject
    document_id: str


class Content(msgspec.Struct, frozen=True):
    """What a document holds: bytes, and the Content-Type that came with them."""

    body: bytes
    content_type: str


class StoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is there; `modified` in microseconds since 1970."""

    content: Content
    tag: str
    modified: int
    revision: ObjectId


class DocumentStore:
    """The `documents` collection."""

    def __init__(self, database: Database) -> None:
        self._newest = database.get_collection(DOCUMENTS, write_concern=DURABLE)
        self._durable = self._newest.with_options(read_concern=ReadConcern("majority"))

    async def get(self, address: Address) -> StoredDocument | None:
        """Return the document as it is durable."""
        return _stored(await self._durable.find_one(_where(address)))

    async def newest(self, address: Address) -> StoredDocument | None:
        """Return the document as the last write left it, durable or not yet."""
        return _stored(await self._newest.find_one(_where(address)))

    async def replace(
        self, address: Address, current: StoredDocument | None, content: Content, tag: str
    ) -> bool:
        """Put the content in the place of `current`; say False where that is no longer there.

        Durable (majority, journaled) on return.
        """
        written = {
            "content": content.body,
            "content_type": content.content_type,
            "tag": tag,
            "modified": now(),
            "revision": ObjectId(),
        }
        if current is None:
            return await self._insert(address, written)
        replaced = await self._newest.update_one(
            {**_where(address), "revision": current.revision}, {"$set": written}
        )
        return replaced.matched_count == 1

    async def _insert(self, address: Address, written: dict[str, Any]) -> bool:
        subject = msgspec.to_builtins(address.subject)
        document = {**_where(address), **subject, "document_id": address.document_id, **written}
        try:
            await self._newest.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def remove(self, address: Address, current: StoredDocument) -> bool:
        """Remove `current`; say False where that is no longer there."""
        gone = await self._newest.delete_one({**_where(address), "revision": current.revision})
        return gone.deleted_count == 1

    async def ids(self, subject: Subject, since: int | None) -> list[tuple[str, int]]:
        """Return (id, modified) of a subject's documents, the oldest change first."""
        wanted = _of(subject)
        if since is not None:
            wanted["modified"] = {"$gt": since}
        found = self._durable.find(
            wanted, {"_id": 0, "document_id": 1, "modified": 1}, sort=[("modified", 1)]
        )
        return [(each["document_id"], int(each["modified"])) async for each in found]

    async def remove_all(self, subject: Subject) -> None:
        """Remove every document of a subject."""
        await self._newest.delete_many(_of(subject))

    async def remove_agent(self, organization_id: str, agent: str) -> int:
        """Remove every state and profile of an agent, by its agent key; return how many."""
        gone = await self._newest.delete_many(
            {
                "organization_id": organization_id,
                "kind": {"$in": ["state", "agent_profile"]},
                "agent": agent,
            }
        )
        return gone.deleted_count


def _of(subject: Subject) -> dict[str, Any]:
    """Without a registration, the documents of every one are meant (Communication 2.3)."""
    wanted: dict[str, Any] = msgspec.to_builtins(subject)
    if subject.registration is None:
        del wanted["registration"]
    return wanted


def _where(address: Address) -> dict[str, Any]:
    organization_id = address.subject.organization_id
    digest = hashlib.sha256(msgspec.msgpack.encode(address)).hexdigest()
    return {"_id": f"{organization_id}/{digest}", "organization_id": organization_id}


def _stored(document: dict[str, Any] | None) -> StoredDocument | None:
    if document is None:
        return None
    return StoredDocument(
        content=Content(document["content"], document["content_type"]),
        tag=document["tag"],
        modified=document["modified"],
        revision=document["revision"],
    )
