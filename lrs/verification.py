"""Checks every invariant of the stored log, statement by statement, over a log of any size.

What is read while others write may be half of a change; so whatever looks wrong is read once
more, and told only when it still is.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from lrs.attachments.declarations import attachments_of, missing
from lrs.attachments.store import AttachmentStore
from lrs.errors import BadRequest, InvalidStatements
from lrs.statement import VOIDED
from lrs.statements import intake
from lrs.statements.document import target_of, to_document
from lrs.statements.log_reader import LogReader
from lrs.statements.references import found_by, key_sets
from lrs.statements.store import StatementStore
from lrs.store import INDEXES, Database, Document
from lrs.timestamps import SECOND, now, parse_timestamp
from lrs.versions import negotiate

BATCH = 500
AHEAD = 3600 * SECOND

_FIELDS = (
    "_id",
    "organization_id",
    "timestamp",
    "actor",
    "verb",
    "activity",
    "registration",
    "target",
    "authority",
    "result",
)


class Discrepancy(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: `where` is "ORGANIZATION/STATEMENT ID", or an index's name.

    `rule` is raw, valid, field, keys, stored, unique, voided, reference, place, attachment or
    index.
    """

    where: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.detail}"


class Verification:
    """Goes through a database's statements, or one organization's; `checked` counts them."""

    def __init__(self, database: Database, organization_id: str | None = None) -> None:
        self._reader, self._organization_id = LogReader(database), organization_id
        self._attachments = AttachmentStore(database, StatementStore(database).has_attachment)
        self.checked = 0

    async def run(self) -> AsyncIterator[Discrepancy]:
        """Yield whatever is wrong, as it is found."""
        async for each in self._indexes():
            yield each
        async for portion in self.contents():
            for each in portion:
                yield each
        async for each in self._places():
            yield each

    async def contents(self) -> AsyncIterator[list[Discrepancy]]:
        """Yield what is wrong with the statements themselves, portion by portion."""
        last: Document | None = None
        async for batch in self._reader.batches(BATCH, self._organization_id):
            found = [*_not_unique([*([last] if last else []), *batch])]
            found += [each async for each in self._statements(batch)]
            self.checked += len(batch)
            last = batch[-1]
            yield found

    async def _indexes(self) -> AsyncIterator[Discrepancy]:
        for collection, indexes in INDEXES.items():
            present = await self._reader.indexes(collection)
            for index in indexes:
                wanted = index.document
                keys = list(wanted["key"].items())
                if present.get(wanted["name"]) != keys:
                    where = f"{collection}.{wanted['name']}"
                    yield Discrepancy(where=where, rule="index", detail=f"is not there over {keys}")

    async def _statements(self, batch: Sequence[Document]) -> AsyncIterator[Discrepancy]:
        suspect = {each.where for each in await self._check(batch)}
        if suspect:
            again = list((await self._reader.statements(suspect)).values())
            for each in await self._check(again):
                yield each

    async def _check(self, batch: Sequence[Document]) -> list[Discrepancy]:
        targets = await self._reader.statements(
            {target_of(each) for each in batch if "target" in each}
        )
        voided = await self._reader.voided(each["_id"] for each in batch)
        found = await self._lost(batch)
        for document in batch:
            found += _content(document)
            found += _voiding(document, voided)
            found += _reference(document, targets)
        return found

    async def _lost(self, batch: Sequence[Document]) -> list[Discrepancy]:
        """Attachments whose bytes came with their statements and are not stored any more."""
        hashes: dict[str, set[str]] = {}
        for document in batch:
            came = document.get("attachments", ())
            hashes.setdefault(document["organization_id"], set()).update(came)
        there = {
            organization_id: await self._attachments.find(organization_id, wanted)
            for organization_id, wanted in hashes.items()
        }
        return [
            Discrepancy(
                where=document["_id"],
                rule="attachment",
                detail=f"the bytes of {sha2} are not there",
            )
            for document in batch
            for sha2 in document.get("attachments", ())
            if sha2 not in there[document["organization_id"]]
        ]

    async def _places(self) -> AsyncIterator[Discrepancy]:
        """Places kept for statements that nobody refers to."""
        async for batch in self._reader.places(BATCH):
            awaited = await self._reader.awaited(batch)
            for place in batch:
                if place not in awaited and await self._reader.is_place(place):
                    detail = "a place is kept for a statement that no statement refers to"
                    yield Discrepancy(where=place, rule="place", detail=detail)


def _not_unique(batch: Sequence[Document]) -> Iterator[Discrepancy]:
    for one, other in pairwise(batch):
        same = one["organization_id"] == other["organization_id"]
        if same and one.get("stored") == other.get("stored"):
            detail = f"has the same stored as {one['_id'].rpartition('/')[2]}"
            yield Discrepancy(where=other["_id"], rule="unique", detail=detail)


def _content(document: Document) -> Iterator[Discrepancy]:
    """What is wrong with a document by itself: its bytes, and what was extracted from them."""

    def wrong(rule: str, detail: str) -> Discrepancy:
        return Discrepancy(where=document["_id"], rule=rule, detail=detail)

    yield from (wrong("stored", detail) for detail in _stored(document))
    try:
        statement = intake.parse(bytes(document["raw"]))
        version = negotiate(statement["version"]).number
        authority = statement["authority"]
        (new,) = intake.admit([statement], authority=authority, version=version, parts_follow=True)
        at = parse_timestamp(statement["stored"])
    except InvalidStatements as invalid:
        yield from (wrong("valid", f"{e.where[2:]} {e.detail}".strip()) for e in invalid.findings)
        return
    except (BadRequest, KeyError, TypeError, ValueError, AttributeError) as error:
        yield wrong("raw", f"is not a stored statement: {error!r}")
        return
    if at != document.get("stored"):
        yield wrong("field", f"stored is {document.get('stored')!r}; the statement says {at!r}")
    yield from (wrong("attachment", detail) for detail in _attached(document, statement))
    expected = to_document(str(document["organization_id"]), new, at)
    yield from (wrong("field", detail) for detail in _differing(document, expected))
    if set(key_sets(document)[0]["keys"]) != set(expected["keys"]):
        yield wrong("keys", "it is not found by what the statement says")


def _stored(document: Document) -> Iterator[str]:
    stored = document.get("stored")
    if not isinstance(stored, int) or not 0 < stored <= now() + AHEAD:
        yield f"{stored!r} is no time up to now"


def _attached(document: Document, statement: Mapping[str, Any]) -> Iterator[str]:
    described, came = list(attachments_of(statement)), document.get("attachments", ())
    for finding in missing(described, came):
        yield f"{finding.where} has no fileUrl, and its bytes did not come with the statement"
    for sha2 in set(came) - {each.sha2 for each in described}:
        yield f"the bytes of {sha2} came with it, and the statement describes none"


def _differing(document: Document, expected: Mapping[str, Any]) -> Iterator[str]:
    for name in _FIELDS:
        if document.get(name) != expected.get(name):
            yield f"{name} is {document.get(name)!r}; the statement says {expected.get(name)!r}"


def _voiding(document: Document, voided: set[str]) -> Iterator[Discrepancy]:
    should = document["_id"] in voided and document.get("verb") != VOIDED
    if document.get("voided") is not should:
        detail = (
            "a statement voids it and it is not marked voided"
            if should
            else "it is marked voided and no statement voids it"
        )
        yield Discrepancy(where=document["_id"], rule="voided", detail=detail)


def _reference(document: Document, targets: Mapping[str, Document]) -> Iterator[Discrepancy]:
    """A statement that refers to another is found by that one's keys too."""
    detail = ""
    if "target" not in document:
        detail = "has keys of a target and refers to none" if "via" in document else ""
    elif target_of(document) not in targets:
        detail = "refers to a statement that is not there, and no place is kept for it"
    elif not _is_settled(document, targets[target_of(document)]):
        detail = "is not found by what it refers to"
    if detail:
        yield Discrepancy(where=document["_id"], rule="reference", detail=detail)


def _is_settled(document: Document, target: Document) -> bool:
    if "keys" not in target:
        return "via" not in document
    found = found_by(key_sets(document)[0], key_sets(target))
    via = document.get("via", [])
    return _distinct(via) == _distinct(found["via"]) and set(document["keys"]) == set(found["keys"])


def _distinct(via: Iterable[Document]) -> set[frozenset[int]]:
    return {frozenset(each["keys"]) for each in via}
