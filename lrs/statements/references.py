"""StatementRefs and their targets, whichever arrives first (Data 2.3.2, Communication 2.1.3).

A statement that refers to another is found by the other's keys too, and a voiding statement
voids its target. Both happen in the transaction that writes the later of the two.

A chain of references may be of any length and its statements may name any number of people, but a
document may have 16 MiB. So a statement is found by its targets' keys, the nearest target first,
as far as they are `MOST_TARGET_KEYS` together; the targets behind those don't count.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, takewhile
from typing import Any

from lrs.statement import VOIDED
from lrs.statements.document import MOST_TARGET_KEYS, target_of
from lrs.statements.transaction import Transaction
from lrs.store import Document


def key_sets(document: Mapping[str, Any]) -> list[Document]:
    """Return by which sets of {keys} a document is found: its own, then each target's."""
    return document.get("via") or [{"keys": document.get("keys", [])}]


def found_by(own: Document, beyond: Sequence[Document]) -> Document:
    """Return the `via` and `keys` of a statement with these keys and these of its targets."""
    reached = accumulate(len(each["keys"]) for each in beyond)
    near = takewhile(lambda pair: pair[0] <= MOST_TARGET_KEYS, zip(reached, beyond, strict=True))
    via = _each_once([own, *(each for _, each in near)])
    return {"via": via, "keys": sorted({key for each in via for key in each["keys"]})}


def _each_once(via: Sequence[Document]) -> list[Document]:
    """Without this, statements that refer to each other would grow for ever."""
    return list({frozenset(each["keys"]): each for each in via}.values())


async def write(
    transaction: Transaction, documents: Sequence[Document], known: Mapping[str, Document]
) -> None:
    """Write new documents and let them and those who refer to them know each other.

    `known` are the documents that have one of their `_id`s already: places that are kept. A
    document that is voided from the start is marked so in place.
    """
    awaited = [document for document in documents if document["_id"] in known]
    waiting = await transaction.referring_to(known.keys()) if known else []
    _void_in_place(documents, [*waiting, *documents])
    fresh = [document for document in documents if document["_id"] not in known]
    if fresh:
        await transaction.insert(fresh)
    for document in awaited:
        await transaction.fill(document)
    referring = {each["_id"]: each for each in [*waiting, *documents] if "target" in each}
    await _connect(transaction, list(referring.values()))


def _void_in_place(documents: Sequence[Document], referring: Sequence[Document]) -> None:
    voided = {target_of(each) for each in referring if each["verb"] == VOIDED and "target" in each}
    for document in documents:
        if document["_id"] in voided and document["verb"] != VOIDED:
            document["voided"] = True


async def _connect(transaction: Transaction, referring: Sequence[Document]) -> None:
    """Take over targets' keys, again wherever a target has taken over more, until none has."""
    while referring:
        targets = await transaction.existing({target_of(document) for document in referring})
        await transaction.keep_places(_missing(referring, targets))
        changed = {
            document["_id"]
            for document in referring
            if await _take_over(transaction, document, targets.get(target_of(document), {}))
        }
        referring = await transaction.referring_to(changed) if changed else []


def _missing(referring: Sequence[Document], targets: Collection[str]) -> set[str]:
    return {target_of(document) for document in referring} - set(targets)


async def _take_over(transaction: Transaction, document: Document, target: Document) -> bool:
    """Give a document its target's keys; say whether it had not had them all."""
    if "keys" not in target:
        return False
    found = found_by(key_sets(document)[0], key_sets(target))
    if "via" in document and len(found["via"]) == len(document["via"]):
        return False
    void = document["verb"] == VOIDED and target["verb"] != VOIDED
    await transaction.refer(document["_id"], target["_id"], void=void, **found)
    return True
