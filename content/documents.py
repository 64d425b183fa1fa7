"""Structs in and out of MongoDB: versions, pages, and no query without its organization."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from bson import encode as encode_bson
from bson.codec_options import CodecOptions
from msgspec import UNSET, Struct, convert, structs, to_builtins
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from content.errors import NotFound, RuleBroken, VersionMismatch
from content.findings import Finding
from content.identity import now
from lrs.group_insert import GroupInsert
from lrs.group_read import GroupRead
from lrs.shared_read import SharedRead
from lrs.store import DUPLICATE_KEY

Fields = Mapping[str, Any]
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


class Document(Struct, frozen=True, kw_only=True):
    """What every document has; `version` starts at 1 and grows with each change (ETag).

    `kind` names it in ids, errors and the store; `sortable` lists what pages may be sorted by,
    the default first.
    """

    kind: ClassVar[str]
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    id: str
    organization_id: str
    version: int = 1
    created_at: datetime
    updated_at: datetime


class Paging(Struct, frozen=True, kw_only=True):
    """Which page, counted from 1; `sort` is a field's name, with `-` before it for descending.

    `offset` begins the page behind so many items, wherever `page` would begin.
    """

    page: int = 1
    per_page: int = 20
    sort: str | None = None
    offset: int | None = None

    @property
    def skipped(self) -> int:
        """How many items come before the page."""
        return (self.page - 1) * self.per_page if self.offset is None else self.offset


D = TypeVar("D", bound=Document)
T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """Some of the items, and how many there are in all."""

    items: tuple[T, ...]
    total: int
    page: int
    per_page: int


class Documents(Generic[D]):
    """One collection of one kind of document."""

    def __init__(self, collection: AsyncCollection[dict[str, Any]], shape: type[D]) -> None:
        self.collection = collection.with_options(codec_options=CODEC)
        self.shape = shape
        self._reads = GroupRead(self._by_ids)
        self._pages = SharedRead()
        self._inserts = GroupInsert(self.collection)

    def decode(self, fields: Fields) -> D:
        """The Struct of a stored document."""
        return convert({**fields, "id": fields["_id"]}, self.shape)

    async def insert(self, document: D) -> D:
        """Store it as it is. Raises pymongo's DuplicateKeyError."""
        await self._inserts.insert(encode(document))
        return document

    async def insert_new(self, documents: Sequence[D]) -> list[D]:
        """Store many; return those that a unique index refused."""
        if not documents:
            return []
        try:
            await self.collection.insert_many(map(encode, documents), ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(each["code"] != DUPLICATE_KEY for each in failures):
                raise
            return [documents[each["index"]] for each in failures]
        return []

    async def claim(self, lease: timedelta) -> D | None:
        """Take what waits longest in a queue, of any organization, until the lease is over.

        A queue is a kind with `due_at` and `tries`; who is done with it sets when it is due again.
        """
        moment = now()
        found = await self.collection.find_one_and_update(
            {"due_at": {"$lte": moment}},
            {"$set": {"due_at": moment + lease}, "$inc": {"tries": 1}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return None if found is None else self.decode(found)

    async def get(self, organization_id: str, sought: str) -> D:
        """The document with this id. Raises NotFound."""
        found = await self.find(organization_id, sought)
        if found is None:
            raise NotFound(self.shape.kind, sought)
        return found

    async def find(self, organization_id: str, sought: str) -> D | None:
        """The document with this id, or None; reads that come together are one query."""
        fields = await self._reads.get((organization_id, sought))
        return None if fields is None else self.decode(fields)

    async def first(self, organization_id: str, filters: Fields) -> D | None:
        """One document that matches, or None."""
        fields = await self.collection.find_one({"organization_id": organization_id, **filters})
        return None if fields is None else self.decode(fields)

    async def _by_ids(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Fields]:
        """The stored documents of these organizations and ids that are there."""
        organizations, ids = ({each[place] for each in wanted} for place in (0, 1))
        query = {"organization_id": {"$in": list(organizations)}, "_id": {"$in": list(ids)}}
        found = self.collection.find(query, batch_size=len(ids) + 1)
        return {(each["organization_id"], each["_id"]): each async for each in found}

    async def each(
        self, organization_id: str, filters: Fields, sort: list[tuple[str, int]] | None = None
    ) -> AsyncIterator[D]:
        """All that match, as the cursor brings them."""
        cursor = self.collection.find({"organization_id": organization_id, **filters}, sort=sort)
        async for fields in cursor:
            yield self.decode(fields)

    async def all(
        self, organization_id: str, filters: Fields, sort: list[tuple[str, int]] | None = None
    ) -> list[D]:
        """All that match, where they are few."""
        return [each async for each in self.each(organization_id, filters, sort)]

    async def page(
        self,
        organization_id: str,
        filters: Fields,
        paging: Paging,
        leading: Sequence[tuple[str, int]] = (),
        index: Sequence[tuple[str, int]] | None = None,
    ) -> Page[D]:
        """One page of what matches, sorted by `leading` first, then as the page asks.

        `index` is the one by which to go: of several MongoDB tries each, for every page anew.
        Raises RuleBroken for a wrong page or sort.
        """
        order = [*leading, *sort_order(paging, self.shape.sortable)]
        query = {"organization_id": organization_id, **filters}
        asked = (encode_bson(query), *order, paging.skipped, paging.per_page)
        found, total = await self._pages.get(asked, lambda: self._part(query, order, paging, index))
        items = tuple(map(self.decode, found))
        return Page(items=items, total=total, page=paging.page, per_page=paging.per_page)

    async def _part(
        self,
        query: Fields,
        order: list[tuple[str, int]],
        paging: Paging,
        index: Sequence[tuple[str, int]] | None,
    ) -> tuple[list[dict[str, Any]], int]:
        """A page's stored documents, and how many match in all."""
        cursor = self.collection.find(query, sort=order, hint=index)
        found = await cursor.skip(paging.skipped).limit(paging.per_page).to_list()
        # A page that is not full is the last one, and tells how many there are.
        if len(found) < paging.per_page and (found or not paging.skipped):
            return found, paging.skipped + len(found)
        hint: dict[str, Any] = {} if index is None else {"hint": index}
        return found, await self.collection.count_documents(query, **hint)

    async def change(
        self,
        organization_id: str,
        sought: str,
        changes: Fields,
        expected: int | None = None,
        *,
        tell: Sequence[str] = (),
        session: AsyncClientSession | None = None,
    ) -> D:
        """Set fields and count the version up; `tell` is added to what the document is to tell.

        Raises NotFound, VersionMismatch.
        """
        query: dict[str, Any] = {"organization_id": organization_id, "_id": sought}
        if expected is not None:
            query["version"] = expected
        update = {"$set": {**changes, "updated_at": now()}, "$inc": {"version": 1}}
        if tell:
            update["$push"] = {"untold": {"$each": list(tell)}}
        fields = await self.collection.find_one_and_update(
            query,
            update,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if fields is not None:
            return self.decode(fields)
        actual = await self.get(organization_id, sought)
        raise VersionMismatch(self.shape.kind, sought, expected or 0, actual.version)

    async def remove(self, organization_id: str, sought: str, expected: int | None = None) -> D:
        """Delete it; return what it was. Raises NotFound, VersionMismatch."""
        query: dict[str, Any] = {"organization_id": organization_id, "_id": sought}
        if expected is not None:
            query["version"] = expected
        fields = await self.collection.find_one_and_delete(query)
        if fields is not None:
            return self.decode(fields)
        actual = await self.get(organization_id, sought)
        raise VersionMismatch(self.shape.kind, sought, expected or 0, actual.version)


def encode(document: Document) -> dict[str, Any]:
    """A stored document: `id` becomes `_id`, moments stay moments."""
    fields: dict[str, Any] = to_builtins(document, builtin_types=(datetime,))
    return {"_id": fields.pop("id"), **fields}


def given(changes: Struct) -> dict[str, Any]:
    """The fields of a Struct of changes that were given."""
    pairs = ((name, getattr(changes, name)) for name in structs.asdict(changes))
    return {
        name: to_builtins(value, builtin_types=(datetime,))
        for name, value in pairs
        if value is not UNSET
    }


def sort_order(paging: Paging, sortable: tuple[str, ...]) -> list[tuple[str, int]]:
    """MongoDB's sort, the id last so that pages do not overlap. Raises RuleBroken."""
    findings = []
    if paging.page < 1:
        findings.append(Finding(where="page", detail="must be 1 or more"))
    if not 1 <= paging.per_page <= 100:
        findings.append(Finding(where="per_page", detail="must be from 1 to 100"))
    sort = paging.sort or sortable[0]
    name = sort.removeprefix("-")
    if name not in sortable:
        allowed = ", ".join(sortable)
        findings.append(Finding(where="sort", detail=f"must be one of {allowed}, or - before one"))
    if findings:
        raise RuleBroken(findings)
    direction = -1 if sort.startswith("-") else 1
    return [(name, direction), ("_id", direction)]
