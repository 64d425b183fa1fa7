"""Evidence: what stands behind statuses: proofs, decisions, and the statements of both."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from content.compliance.decisions import Decision
from content.compliance.proofs import Proof
from content.compliance.terms import COURSE, Target
from content.compliance.timeline import Span
from content.documents import Document
from content.people.people import Person
from content.store import COLLECTIONS, Store

_PROOF_FIELDS = {
    "person_id": 1,
    "target": 1,
    "at": 1,
    "known_at": 1,
    "withdrawn_at": 1,
    "score": 1,
    "statement_ids": 1,
}
_BEHIND = {"score": 1, "statement_ids": 1}
Fields = Mapping[str, Any]


class Evidence(Struct, frozen=True, kw_only=True):
    """What was looked up for some people: proofs and decisions by id, begun targets and progress by
    person and target.
    """

    emails: Mapping[str, str]
    documents: Mapping[str, Fields]
    begun: Mapping[tuple[str, str, str], datetime]
    percents: Mapping[tuple[str, str], float]

    def statements(self, basis: str | None, signed_by: str | None) -> tuple[str, ...]:
        """The ids of the statements behind a status, those of its sign-off last."""
        behind = (self.documents.get(each, {}) for each in (basis, signed_by) if each)
        return tuple(dict.fromkeys(e for fields in behind for e in fields.get("statement_ids", ())))

    def score(self, basis: str | None) -> float | None:
        """The score of the completion that is the basis, in percent."""
        score = self.documents.get(basis or "", {}).get("score")
        return None if score is None else float(score)

    def started_at(self, person_id: str, targets: Iterable[Target]) -> datetime | None:
        """The first sign of any of the targets."""
        moments = (self.begun.get((person_id, each.kind, each.id)) for each in targets)
        return min((each for each in moments if each is not None), default=None)

    def progress(self, person_id: str, targets: Iterable[Target]) -> float | None:
        """How far the person is who has not completed it: as far as in the furthest course."""
        known = (self.percents.get((person_id, each.id)) for each in targets)
        return max((each for each in known if each is not None), default=None)


async def of(
    store: Store,
    organization_id: str,
    person_ids: Collection[str],
    targets: Collection[Target],
    spans: Iterable[Span | None],
    as_of: datetime | None,
) -> Evidence:
    """What stands behind these spans of these people, as far as it was known at the moment."""
    own = {"organization_id": organization_id}
    proofs = await _proofs(store, own, person_ids, targets)
    bases = {each for span in spans if span for each in (span.basis, span.signed_by) if each}
    decided = await _by_id(store, Decision, own, bases - proofs.keys(), _BEHIND)
    known = [each for each in proofs.values() if as_of is None or each["known_at"] <= as_of]
    return Evidence(
        emails=await _emails(store, own, person_ids),
        documents={**proofs, **decided},
        begun=_begun(known, as_of),
        percents={} if as_of else await _percents(store, own, person_ids, targets),
    )


async def briefly(
    store: Store,
    organization_id: str,
    person_ids: Collection[str],
    targets: Iterable[Target],
    bases: Collection[str],
    as_of: datetime | None,
) -> Evidence:
    """The same of statuses that rest on these bases, without when targets were begun."""
    own = {"organization_id": organization_id}
    behind, emails, percents = await asyncio.gather(
        _behind(store, own, bases),
        _emails(store, own, person_ids),
        _percents(store, own, person_ids, () if as_of else targets),
    )
    return Evidence(emails=emails, documents=behind, begun={}, percents=percents)


async def _behind(store: Store, own: Fields, bases: Collection[str]) -> dict[str, Fields]:
    proofs = await _by_id(store, Proof, own, bases, _BEHIND)
    return proofs | await _by_id(store, Decision, own, set(bases) - proofs.keys(), _BEHIND)


async def _proofs(
    store: Store, own: Fields, person_ids: Collection[str], targets: Collection[Target]
) -> dict[str, Fields]:
    wanted = [{"kind": each.kind, "id": each.id} for each in targets]
    query = {**own, "target": {"$in": wanted}, "person_id": {"$in": list(person_ids)}}
    cursor = store.of(Proof).collection.find(query, _PROOF_FIELDS, batch_size=5000)
    return {each["_id"]: each async for each in cursor}


async def _emails(store: Store, own: Fields, person_ids: Collection[str]) -> dict[str, str]:
    found = await _by_id(store, Person, own, person_ids, {"email": 1})
    return {each: fields["email"] for each, fields in found.items()}


async def _by_id(
    store: Store, kind: type[Document], own: Fields, ids: Collection[str], shown: Fields
) -> dict[str, Fields]:
    if not ids:
        return {}
    query = {**own, "_id": {"$in": list(ids)}}
    cursor = store.of(kind).collection.find(query, shown, batch_size=5000)
    return {each["_id"]: each for each in await cursor.to_list()}


def _begun(
    proofs: Iterable[Fields], as_of: datetime | None
) -> dict[tuple[str, str, str], datetime]:
    begun: dict[tuple[str, str, str], datetime] = {}
    for each in proofs:
        withdrawn_at = each["withdrawn_at"]
        if withdrawn_at is not None and (as_of is None or withdrawn_at <= as_of):
            continue
        key = (each["person_id"], each["target"]["kind"], each["target"]["id"])
        begun[key] = min(each["at"], begun.get(key, each["at"]))
    return begun


async def _percents(
    store: Store, own: Fields, person_ids: Collection[str], targets: Iterable[Target]
) -> dict[tuple[str, str], float]:
    courses = [each.id for each in targets if each.kind == COURSE]
    query = {**own, "course_id": {"$in": courses}, "person_id": {"$in": list(person_ids)}}
    fields = {"_id": 0, "person_id": 1, "course_id": 1, "standing.progress": 1}
    percents: dict[tuple[str, str], float] = {}
    if courses:
        async for each in store.database[COLLECTIONS["progress"]].find(query, fields):
            key = (each["person_id"], each["course_id"])
            percents[key] = max(each["standing"]["progress"], percents.get(key, 0.0))
    return percents
