"""Erases a person from the log: what is by or about them goes, and nobody else names them.

A statement whose actor or object is the person is deleted. One that names them otherwise (as an
instructor, a member of a group, an authority) is somebody else's record: it stays, and a
pseudonym takes the person's place. A voiding statement of theirs stays likewise, since without it
another's statement would count again. A signed statement can't be changed and is deleted.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

import msgspec
import orjson

from lrs.agents import IFI_PROPERTIES, agent_key
from lrs.statement import VOIDED
from lrs.statements.document import target_of
from lrs.statements.keys import Kind, key, statement_keys
from lrs.statements.log_reader import LogReader
from lrs.statements.parts import convert
from lrs.statements.references import found_by, key_sets
from lrs.statements.store import StatementStore
from lrs.statements.transaction import Transaction
from lrs.store import AGENTS, DOCUMENTS, Database, Document

BATCH = 50
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"

_PERSONAL_DOCUMENTS = ("state", "agent_profile")

Json = dict[str, Any]


class Erased(msgspec.Struct, frozen=True):
    """How many statements were deleted, and in how many a pseudonym stands now."""

    deleted: int = 0
    pseudonymised: int = 0


class Erasure:
    """Erases one person, known by agent keys, from one organization's log.

    `pseudonym` is the account that stands where the person was named. Can be run again at any
    time: it goes on where it was interrupted, and finds nothing the second time.
    """

    def __init__(
        self,
        database: Database,
        organization_id: str,
        agents: Collection[str],
        pseudonym: Mapping[str, str],
    ) -> None:
        self._database, self._organization_id = database, organization_id
        self._store, self._reader = StatementStore(database), LogReader(database)
        self._agents = frozenset(agents)
        self._pseudonym = dict(pseudonym)
        kinds = (Kind.AGENT, Kind.RELATED_AGENT)
        self._keys = [key(kind, agent) for agent in self._agents for kind in kinds]

    async def statements(self, erased: Callable[[Erased], Awaitable[None]]) -> None:
        """Erase every statement; `erased` is told of each batch once it is durable."""
        while await self._pass(erased):
            pass

    async def documents(self) -> int:
        """Delete the person's State and Agent Profile documents, and what is known of their
        names; return the number of documents."""
        theirs = {"organization_id": self._organization_id, "agent": {"$in": sorted(self._agents)}}
        which = {**theirs, "kind": {"$in": list(_PERSONAL_DOCUMENTS)}}
        gone = await self._database[DOCUMENTS].delete_many(which)
        names = [f"{self._organization_id}/{each}" for each in sorted(self._agents)]
        await self._database[AGENTS].delete_many(
            {"_id": {"$in": names}, "organization_id": self._organization_id}
        )
        return gone.deleted_count

    async def _pass(self, erased: Callable[[Erased], Awaitable[None]]) -> bool:
        """Go once through all that is found by the person; say whether anything was to be done."""
        after, any_done = 0, False
        while batch := await self._reader.found_by(self._organization_id, self._keys, after, BATCH):
            after = batch[-1]["stored"]
            naming = [each["_id"] for each in batch if self._names(orjson.loads(each["raw"]))]
            if naming:
                done = await self._store.transact(self._work(naming))
                await erased(done)
                any_done = any_done or done != Erased()
        return any_done

    def _work(self, ids: Collection[str]) -> Callable[[Transaction], Awaitable[Erased]]:
        async def work(transaction: Transaction) -> Erased:
            deleted = pseudonymised = 0
            for document in (await transaction.existing(ids)).values():
                statement = orjson.loads(document["raw"]) if "raw" in document else {}
                if not statement or not self._names(statement):
                    continue
                if self._goes(statement):
                    await _delete(transaction, document)
                    deleted += 1
                else:
                    fields = _rewritten(document, self._pseudonymous(statement))
                    await transaction.rewrite(document["_id"], fields)
                    pseudonymised += 1
            await _settle(transaction, ids)
            return Erased(deleted, pseudonymised)

        return work

    def _names(self, statement: Json) -> bool:
        return self._pseudonymous(statement) != statement

    def _goes(self, statement: Json) -> bool:
        if any(each["usageType"] == SIGNATURE for each in statement.get("attachments", ())):
            return True
        return statement["verb"]["id"] != VOIDED and self._by_or_about(statement)

    def _by_or_about(self, statement: Json) -> bool:
        thing = statement["object"]
        if thing.get("objectType") == "SubStatement" and self._by_or_about(thing):
            return True
        about = thing.get("objectType") in ("Agent", "Group") and self._is_person(thing)
        return about or self._is_person(statement["actor"])

    def _is_person(self, agent: Json) -> bool:
        return agent_key(agent) in self._agents

    def _pseudonymous(self, statement: Json) -> Json:
        return convert(statement, self._replaced, lambda activity: activity, lambda verb: verb)

    def _replaced(self, agent: Json) -> Json:
        """The agent or group with the pseudonym wherever it is the person."""
        shown = dict(agent)
        if "member" in shown:
            shown["member"] = [self._replaced(each) for each in shown["member"]]
        if self._is_person(agent):
            personal = ("name", *IFI_PROPERTIES)
            shown = {name: value for name, value in shown.items() if name not in personal}
            shown["account"] = self._pseudonym
        return shown


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
