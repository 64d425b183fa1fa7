"""How a group of requests is written, each request all or nothing.

Statements that came alone, refer to nothing and whose ids are free are written by one insert. All
else (batches, references, ids that are taken) is one transaction, which looks first.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from lrs.errors import Finding, StatementConflict
from lrs.statements import references
from lrs.statements.identity import same_statement
from lrs.statements.intake import NewStatement
from lrs.statements.store import StatementStore
from lrs.statements.transaction import Transaction
from lrs.store import Document
from lrs.writing.queue import Write


class Item(msgspec.Struct, frozen=True):
    """One statement of a write, and the document that it becomes."""

    write: Write
    statement: NewStatement
    document: Document

    @property
    def is_alone(self) -> bool:
        """Say whether it can be written without a look at any other document."""
        return self.write.count == 1 and self.statement.target is None

    @property
    def pointer(self) -> str:
        """Where its id stands in the request's body."""
        if self.write.count == 1:
            return "/id"
        return f"/{self.write.statements.index(self.statement)}/id"


class Written(msgspec.Struct, frozen=True):
    """The documents that are new, and the requests that are refused."""

    documents: list[Document]
    refused: dict[Write, Exception]


async def write_group(
    store: StatementStore, items: Sequence[Item], lane: str, number: int
) -> Written:
    """Write the items, durable on return, in a lane that never had a number as high.

    Raises:
        LeaseLost: the lane is closed; nothing more will be written.
    """
    alone = [item.document for item in items if item.is_alone] if store.supports_lanes else []
    taken = await store.insert_each(alone, lane, number) if alone else frozenset()
    new = {document["_id"]: document for document in alone if document["_id"] not in taken}
    rest = [item for item in items if item.document["_id"] not in new]
    if not rest:
        return Written(alone, {})
    written = await store.transact(partial(_write_carefully, items=rest), lane)
    return Written([*new.values(), *written.documents], written.refused)


async def _write_carefully(transaction: Transaction, items: Sequence[Item]) -> Written:
    """Write the items of each request, or none of them."""
    known = await transaction.existing(item.document["_id"] for item in items)
    refused = _conflicts(items, known)
    free = [item.document for item in items if item.write not in refused]
    places = {each: document for each, document in known.items() if "awaited" in document}
    new = [each for each in free if each["_id"] not in known or each["_id"] in places]
    if new:
        await references.write(transaction, new, places)
    written_before = [each for each in free if _is_ours(each, known.get(each["_id"]))]
    return Written([*new, *written_before], refused)


def _is_ours(document: Document, known: Document | None) -> bool:
    """Say whether an earlier try, whose answer was lost, has written this very document."""
    return known is not None and known.get("stored") == document["stored"]


def _conflicts(items: Sequence[Item], known: Mapping[str, Document]) -> dict[Write, Exception]:
    findings: dict[Write, list[Finding]] = {}
    for item in items:
        document = known.get(item.document["_id"])
        if document is None or "awaited" in document or _same(item.statement, document):
            continue
        finding = Finding(
            detail=f"statement {item.statement.statement_id} exists and differs",
            where=item.pointer,
            rule="identity",
            requirement="XAPI-00142",
        )
        findings.setdefault(item.write, []).append(finding)
    return {write: StatementConflict(each) for write, each in findings.items()}


def _same(statement: NewStatement, document: Document) -> bool:
    sent = b"{" + statement.tail
    return same_statement(sent, document["raw"], with_timestamp=statement.timestamp is not None)
