"""Whose reports, schedules and alerts are: each has an owner, who alone changes it."""

from typing import Final, TypeVar

from content.documents import Document
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.store import Store


class Owned(Document, frozen=True, kw_only=True):
    """Something of a person's own."""

    owner_id: str


class Repeated(Owned, frozen=True, kw_only=True):
    """Something that is done with a report again and again."""

    report_id: str


OwnedT = TypeVar("OwnedT", bound=Owned)
RepeatedT = TypeVar("RepeatedT", bound=Repeated)
MOST: Final = 20
"""How many schedules a report may have, and how many alerts."""


async def own(
    store: Store, kind: type[OwnedT], organization_id: str, document_id: str, person_id: str
) -> OwnedT:
    """What is the person's own. Raises NotFound."""
    found = await store.of(kind).get(organization_id, document_id)
    if found.owner_id != person_id:
        raise NotFound(kind.kind, document_id)
    return found


async def of_report(store: Store, kind: type[RepeatedT], report: Owned) -> list[RepeatedT]:
    """What is repeated of a report, in the order of its making."""
    query = {"report_id": report.id}
    return await store.of(kind).all(report.organization_id, query, [("created_at", 1), ("_id", 1)])


async def insert(store: Store, repeated: RepeatedT, report: Owned) -> RepeatedT:
    """Store one more of a report's. Raises RuleBroken where it has as many as it may have."""
    kind = type(repeated)
    if len(await of_report(store, kind, report)) >= MOST:
        detail = f"has {MOST} already of {kind.kind.replace('_', ' ')}s"
        raise RuleBroken([Finding(where="report_id", detail=detail)])
    return await store.of(kind).insert(repeated)
