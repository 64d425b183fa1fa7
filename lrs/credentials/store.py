"""The credentials' collection, `lrs_credentials`: one document per xAPI client.

_id              opaque
organization_id
key              unique across organizations: it tells whose the request is
name, scopes
authority        the agent that its statements are recorded under, as JSON
secrets          [{hash, created_at, ends_at}], the newest first; ends_at None: until rotated
created_at, expires_at, revoked_at
last_used_at     to the minute
version          counts the changes
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import CodecOptions
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from lrs.store import CREDENTIALS, DURABLE, Database, Document, DuplicateIds

_UNANSWERED = WriteConcern(w=0)


class CredentialStore:
    """Reads and writes credentials."""

    def __init__(self, database: Database) -> None:
        self._credentials = database.get_collection(
            CREDENTIALS, CodecOptions(tz_aware=True), write_concern=DURABLE
        )
        self._uses = self._credentials.with_options(write_concern=_UNANSWERED)

    async def add(self, document: Document) -> None:
        """Write a new credential.

        Raises:
            DuplicateIds: its key is taken.
        """
        try:
            await self._credentials.insert_one(document)
        except DuplicateKeyError as error:
            raise DuplicateIds from error

    async def by_key(self, key: str) -> Document | None:
        """Return the credential with this key; a key is unique across organizations."""
        return await self._credentials.find_one({"key": key})

    async def get(self, organization_id: str, credential_id: str) -> Document | None:
        """Return an organization's credential."""
        return await self._credentials.find_one(_one(organization_id, credential_id))

    async def all(self, organization_id: str) -> list[Document]:
        """Return an organization's credentials, by name."""
        by_name = [("name", 1), ("_id", 1)]
        found = self._credentials.find({"organization_id": organization_id}, sort=by_name)
        return await found.to_list()

    async def change(
        self, organization_id: str, credential_id: str, version: int, changes: Mapping[str, Any]
    ) -> Document | None:
        """Change a credential that still has this version; None when it has not."""
        return await self._credentials.find_one_and_update(
            {**_one(organization_id, credential_id), "version": version},
            {"$set": changes, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
        )

    async def remove(self, organization_id: str, key: str) -> bool:
        """Remove a credential by its key; say whether it was there."""
        gone = await self._credentials.delete_one({"organization_id": organization_id, "key": key})
        return gone.deleted_count == 1

    async def used(self, organization_id: str, credential_id: str, at: datetime) -> None:
        """Note the last use; nobody waits for it."""
        await self._uses.update_one(
            _one(organization_id, credential_id), {"$max": {"last_used_at": at}}
        )


def _one(organization_id: str, credential_id: str) -> Document:
    return {"_id": credential_id, "organization_id": organization_id}
