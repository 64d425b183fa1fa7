"""The order of modules in a course and of lessons in a module."""

from collections.abc import Sequence
from typing import TypeVar

from pymongo import UpdateOne

from content.documents import Document, Documents
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import now

D = TypeVar("D", bound=Document)

ORDER = [("position", 1), ("_id", 1)]


def broken(position: int | None) -> list[Finding]:
    """A position counts from 1."""
    if position is None or position >= 1:
        return []
    return [Finding(where="position", detail="must be 1 or more")]


def inserted(order: Sequence[str], new: str, position: int | None) -> list[str]:
    """The order with a new id at its position, or at the end."""
    at = len(order) if position is None else position - 1
    return [*order[:at], new, *order[at:]]


async def place(
    documents: Documents[D],
    organization_id: str,
    where: str,
    present: Sequence[str],
    wanted: Sequence[str],
) -> None:
    """Number the documents as wanted. Raises RuleBroken unless `wanted` names each once."""
    findings = [
        Finding(where=f"{where}/{index}", detail=f"{each} is not one of these, or is named twice")
        for index, each in enumerate(wanted)
        if each not in present or each in wanted[:index]
    ]
    missing = [each for each in present if each not in wanted]
    if missing:
        findings.append(Finding(where=where, detail=f"must also name {', '.join(missing)}"))
    if findings:
        raise RuleBroken(findings)
    changes = [
        UpdateOne(
            {"organization_id": organization_id, "_id": each, "position": {"$ne": position}},
            {"$set": {"position": position, "updated_at": now()}, "$inc": {"version": 1}},
        )
        for position, each in enumerate(wanted, 1)
    ]
    if changes:
        await documents.collection.bulk_write(changes)
