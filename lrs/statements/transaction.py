"""What is done to statements in one transaction."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.write_concern import WriteConcern

from lrs.statements.document import target_of
from lrs.store import Document


class Transaction:
    """The `statements` collection within one transaction."""

    def __init__(self, statements: AsyncCollection[Document], session: AsyncClientSession) -> None:
        self._statements = statements.with_options(write_concern=WriteConcern())
        self._session = session

    @property
    def session(self) -> AsyncClientSession:
        """The session of the transaction, for what else is written in it."""
        return self._session

    async def existing(self, ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents with these `_id`s, by `_id`; places that are kept among them."""
        found = self._statements.find({"_id": {"$in": list(ids)}}, session=self._session)
        return {document["_id"]: document async for document in found}

    async def insert(self, documents: Sequence[Document]) -> None:
        """Write new documents."""
        await self._statements.insert_many(documents, session=self._session)

    async def fill(self, document: Document) -> None:
        """Write a document in the place that is kept for it."""
        place = {"_id": document["_id"], "awaited": True}
        await self._statements.replace_one(place, document, session=self._session)

    async def keep_places(self, ids: Iterable[str]) -> None:
        """Keep places for statements that are not there yet."""
        places = [{"_id": each, "awaited": True} for each in ids]
        if places:
            await self._statements.insert_many(places, session=self._session)

    async def referring_to(self, ids: Collection[str]) -> list[Document]:
        """Return the statements whose StatementRef names one of these `_id`s."""
        pairs = [each.rpartition("/") for each in ids]
        found = self._statements.find(
            {
                "organization_id": {"$in": sorted({organization for organization, _, _ in pairs})},
                "target": {"$in": [statement for _, _, statement in pairs], "$exists": True},
            },
            {"raw": 0},
            session=self._session,
        )
        return [document async for document in found if target_of(document) in ids]

    async def refer(self, document: str, target: str, *, void: bool, **found_by: Any) -> None:
        """Give a referring document its target's keys, by `_id`s; void the target if asked.

        The target is written too, so that whoever changes its keys meanwhile meets this.
        """
        await self._statements.update_one(
            {"_id": document}, {"$set": found_by}, session=self._session
        )
        change: Document = {"$inc": {"references": 1}}
        if void:
            change["$set"] = {"voided": True}
        await self._statements.update_one({"_id": target}, change, session=self._session)

    async def remove(self, document: str) -> None:
        """Remove a document, or a place that is kept."""
        await self._statements.delete_one({"_id": document}, session=self._session)

    async def rewrite(self, document: str, fields: Document) -> None:
        """Set fields of a document; those that are None are taken away."""
        change: Document = {
            "$set": {name: value for name, value in fields.items() if value is not None},
            "$unset": {name: "" for name, value in fields.items() if value is None},
        }
        change = {operator: each for operator, each in change.items() if each}
        await self._statements.update_one({"_id": document}, change, session=self._session)
