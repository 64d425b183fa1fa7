"""A statement as the document that is kept: made of what waits, read as what others know."""

from collections.abc import Mapping, Sequence
from typing import Any

import bson
import msgspec

from lrs.errors import Finding, TooLarge
from lrs.statement import Result, StoredStatement
from lrs.statements.intake import NewStatement
from lrs.store import Document
from lrs.timestamps import as_datetime, format_timestamp

MOST_BYTES = 16 * 2**20 - 2**16
"""MongoDB takes documents of 16 MiB."""
MOST_TARGET_KEYS = 100_000
"""A statement that refers to another is found by so many of its targets' keys."""

_BYTES_PER_KEY = 16
_FOR_TARGETS = 2 * MOST_TARGET_KEYS * _BYTES_PER_KEY + 2**20
_SURELY_SMALL = MOST_BYTES // 4


def document_id(organization_id: str, statement_id: str) -> str:
    """Return the `_id` of a statement's document."""
    return f"{organization_id}/{statement_id}"


def target_of(document: Mapping[str, Any]) -> str:
    """Return the `_id` that a referring document's target has."""
    return document_id(document["organization_id"], document["target"])


def to_document(organization_id: str, statement: NewStatement, stored: int) -> Document:
    """Return the document of a statement that is stored at a time."""
    document: Document = {
        "_id": document_id(organization_id, statement.statement_id),
        "organization_id": organization_id,
        "stored": stored,
        "timestamp": stored if statement.timestamp is None else statement.timestamp,
        "actor": statement.actor,
        "verb": statement.verb,
        "activity": statement.activity,
        "registration": statement.registration,
        "authority": statement.authority,
        "keys": statement.keys,
        "voided": False,
        "raw": _raw(statement, stored),
    }
    if statement.target is not None:
        document["target"] = statement.target
    if statement.attachments:
        document["attachments"] = statement.attachments
    if not statement.defines:
        document["defines"] = False
    result = _result_document(statement.result)
    if result:
        document["result"] = result
    return document


def _raw(statement: NewStatement, stored: int) -> bytes:
    time = format_timestamp(stored).encode()
    if statement.timestamp is None:
        return b'%b,"stored":"%b","timestamp":"%b",%b' % (
            statement.head,
            time,
            time,
            statement.tail,
        )
    return b'%b,"stored":"%b",%b' % (statement.head, time, statement.tail)


def _most_size(document: Document) -> int:
    """Return how large a document can become: a referring one takes over its targets' keys."""
    if "target" not in document:
        return len(bson.encode(document))
    return len(bson.encode({**document, "via": [{"keys": document["keys"]}]})) + _FOR_TARGETS


def refuse_too_large(organization_id: str, statements: Sequence[NewStatement]) -> None:
    """Go on only with statements whose documents MongoDB takes.

    Raises:
        TooLarge: some are too large; all of them are told.
    """
    findings = [
        Finding(
            detail=f"is too large to be stored: {size} bytes of at most {MOST_BYTES}",
            where=f"/{index}" if len(statements) > 1 else "",
            rule="size",
        )
        for index, each in enumerate(statements)
        if len(each.tail) > _SURELY_SMALL
        for size in (_most_size(to_document(organization_id, each, 0)),)
        if size > MOST_BYTES
    ]
    if findings:
        raise TooLarge(findings)


def to_statement(document: Mapping[str, Any]) -> StoredStatement:
    """Return a statement's document as the rest of the system knows it."""
    result = document.get("result")
    return StoredStatement(
        organization_id=document["organization_id"],
        statement_id=document["_id"].rpartition("/")[2],
        stored=as_datetime(document["stored"]),
        timestamp=as_datetime(document["timestamp"]),
        actor=document["actor"],
        verb=document["verb"],
        activity=document.get("activity"),
        registration=document.get("registration"),
        target=document.get("target"),
        voided=document["voided"],
        result=Result(**result) if result else None,
        attachments=document.get("attachments", []),
        defines=document.get("defines", True),
        raw=document["raw"],
    )


def _result_document(result: Result | None) -> Document | None:
    """Return the outcome as a document without what is absent."""
    return msgspec.to_builtins(result) or None if result else None
