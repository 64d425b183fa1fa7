"""Erases a person from the log: what is by or about them goes, and nobody else names them.

A statement whose actor or object is the person is deleted. One that names them otherwise (as an
instructor, a member of a group, an authority) is somebody else's record: it stays, and a
pseudonym takes the person's place. A voiding statement of theirs stays likewise, since without it
another's statement would count again. A signed statement can't be changed and is deleted.

What is deleted or changed is noted in the ledger, in the same transaction.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

import msgspec
import orjson

from lrs.agents import agent_key
from lrs.attachments.store import AttachmentStore
from lrs.documents import Documents
from lrs.ledger.ledger import Change, Ledger
from lrs.ledger.source import STATEMENTS, statement_entry
from lrs.metadata import Metadata
from lrs.person import Json, Person
from lrs.statements.document import target_of
from lrs.statements.keys import Kind, key, statement_keys
from lrs.statements.log_reader import LogReader
from lrs.statements.references import found_by, key_sets
from lrs.statements.store import StatementStore
from lrs.statements.transaction import Transaction
from lrs.store import Database, Document

BATCH = 50


class Erased(msgspec.Struct, frozen=True):
    """How many statements were deleted, and in how many a pseudonym stands now."""

    deleted: int = 0
    pseudonymised: int = 0


class Erasure:
    """Erases people from the record store.

    Can be run again at any time: it goes on where it was interrupted, and finds nothing the
    second time.
    """

    def __init__(
        self,
        database: Database,
        attachments: AttachmentStore,
        documents: Documents,
        metadata: Metadata,
        ledger: Ledger,
    ) -> None:
        self._store, self._reader = StatementStore(database), LogReader(database)
        self._attachments, self._documents = attachments, documents
        self._metadata, self._ledger = metadata, ledger

    async def statements(self, person: Person, erased: Callable[[Erased], Awaitable[None]]) -> None:
        """Erase every statement; `erased` is told of each batch once it is durable."""
        while await self._pass(person, erased):
            pass

    async def documents(self, person: Person) -> int:
        """Delete the person's State and Agent Profile documents, and what is known of their
        names; return the number of documents. Their statements have to be erased before."""
        gone = 0
        for agent in sorted(person.agents):
            gone += await self._documents.erase_agent(person.organization_id, agent)
            await self._metadata.erase_agent(person.organization_id, agent)
        return gone

    async def _pass(self, person: Person, erased: Callable[[Erased], Awaitable[None]]) -> bool:
        """Go once through all that is found by the person; say whether anything was to be done."""
        kinds = (Kind.AGENT, Kind.RELATED_AGENT)
        keys = [key(kind, agent) for agent in person.agents for kind in kinds]
        after, any_done = 0, False
        while batch := await self._reader.found_by(person.organization_id, keys, after, BATCH):
            after = batch[-1]["stored"]
            naming = [each for each in batch if person.is_named_in(orjson.loads(each["raw"]))]
            if naming:
                await self._release(person, naming)
                done = await self._store.transact(
                    _work(self._ledger, person, [each["_id"] for each in naming])
                )
                await erased(done)
                any_done = any_done or done != Erased()
        return any_done

    async def _release(self, person: Person, documents: Sequence[Document]) -> None:
        """Have what these bring swept away unless others have it too.

        Told before they are gone: the sweeper looks much later, and a crash forgets nothing.
        """
        hashes = {sha2 for each in documents for sha2 in each.get("attachments", ())}
        if hashes:
            await self._attachments.release(person.organization_id, hashes)


def _work(
    ledger: Ledger, person: Person, ids: Collection[str]
) -> Callable[[Transaction], Awaitable[Erased]]:
    async def work(transaction: Transaction) -> Erased:
        deleted = pseudonymised = 0
        changes: list[Change] = []
        for document in (await transaction.existing(ids)).values():
            statement = orjson.loads(document["raw"]) if "raw" in document else {}
            if not statement or not person.is_named_in(statement):
                continue
            if person.takes(statement):
                await _delete(transaction, document)
                changes.append(Change(statement_entry(document), None))
                deleted += 1
            else:
                fields = _rewritten(document, person.pseudonymous(statement))
                await transaction.rewrite(document["_id"], fields)
                after = statement_entry({**document, **fields})
                changes.append(Change(statement_entry(document), after))
                pseudonymised += 1
        await _settle(transaction, ids)
        await ledger.amend(
            transaction.session, person.organization_id, STATEMENTS, _reason(person), changes
        )
        return Erased(deleted, pseudonymised)

    return work


def _reason(person: Person) -> str:
    return f"a person was erased: {person.pseudonym['name']}"


async def _delete(transaction: Transaction, document: Document) -> None:
    """Delete a statement; keep its place when another one refers to it."""
    await transaction.remove(document["_id"])
    if await transaction.referring_to([document["_id"]]):
        await transaction.keep_places([document["_id"]])
    if "target" in document:
        target = target_of(document)
        place = (await transaction.existing([target])).get(target, {})
        if "awaited" in place and not await transaction.referring_to([target]):
            await transaction.remove(target)


def _rewritten(document: Document, statement: Json) -> Document:
    """The fields of a document that says something else now; what depends on others stays."""
    authority = statement["authority"]
    keys = statement_keys(statement, authority)
    fields = {
        "actor": agent_key(statement["actor"]) or "",
        "authority": agent_key(authority) or "",
        "keys": keys,
        "raw": orjson.dumps(statement),
    }
    if "via" in document:
        fields |= found_by({"keys": keys}, document["via"][1:])
    return fields


async def _settle(transaction: Transaction, changed: Collection[str]) -> None:
    """Let those who refer to what was changed or deleted, on along the chains, follow."""
    seen = set(changed)
    while changed:
        referring = [
            document
            for document in await transaction.referring_to(changed)
            if document["_id"] not in seen
        ]
        targets = await transaction.existing({target_of(document) for document in referring})
        for document in referring:
            target = targets.get(target_of(document), {})
            await transaction.rewrite(document["_id"], _following(key_sets(document)[0], target))
        changed = {document["_id"] for document in referring}
        seen |= changed


def _following(own: Document, target: Document) -> Document:
    if "keys" not in target:
        return {"keys": own["keys"], "via": None}
    return found_by(own, key_sets(target))
