"""Evidence: what stands behind statuses: proofs, decisions, and the statements of both."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from content.compliance.decisions import Decision
from content.compliance.proofs import Proof
from content.compliance.terms import COURSE, Target
from content.compliance.timeline import Span
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
Fields = Mapping[str, Any]


class Evidence(Struct, frozen=True, kw_only=True):
    """What was looked up for some people: proofs and decisions by id, begun targets and progress by
    person and target.
    """

    emails: Mapping[str, str]
    documents: Mapping[str, Fields]
    begun: Mapping[tuple[str, str, str], datetime]
    percents: Mapping[tuple[str, str], float]

    def statements(self, span: Span) -> tuple[str, ...]:
        """The ids of the statements behind a status, those of its sign-off last."""
        behind = (self.documents.get(each or "", {}) for each in (span.basis, span.signed_by))
        return tuple(dict.fromkeys(e for fields in behind for e in fields.get("statement_ids", ())))

    def score(self, span: Span) -> float | None:
        """The score of the completion, in percent."""
        basis = self.documents.get(span.basis or "", {})
        score = basis.get("score") if span.completed_at else None
        return None if score is None else float(score)

    def started_at(self, person_id: str, targets: Iterable[Target]) -> datetime | None:
        """The first sign of any of the targets."""
        moments = (self.begun.get((person_id, each.kind, each.id)) for each in targets)
        return min((each for each in moments if each is not None), default=None)

    def progress(self, person_id: str, targets: Iterable[Target], span: Span) -> float | None:
        """How far the person is: all the way, or as far as in the furthest course."""
        if span.completed_at is not None:
            return 100.0
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
    decided = await _decisions(store, own, [each for each in bases if each not in proofs])
    known = [each for each in proofs.values() if as_of is None or each["known_at"] <= as_of]
    people = store.of(Person).collection
    emails = people.find({**own, "_id": {"$in": list(person_ids)}}, {"email": 1})
    return Evidence(
        emails={each["_id"]: each["email"] async for each in emails},
        documents={**proofs, **decided},
        begun=_begun(known, as_of),
        percents={} if as_of else await _percents(store, own, person_ids, targets),
    )


async def _proofs(
    store: Store, own: Fields, person_ids: Collection[str], targets: Collection[Target]
) -> dict[str, Fields]:
    wanted = [{"kind": each.kind, "id": each.id} for each in targets]
    query = {**own, "target": {"$in": wanted}, "person_id": {"$in": list(person_ids)}}
    cursor = store.of(Proof).collection.find(query, _PROOF_FIELDS, batch_size=5000)
    return {each["_id"]: each async for each in cursor}


async def _decisions(store: Store, own: Fields, ids: Sequence[str]) -> dict[str, Fields]:
    if not ids:
        return {}
    decisions = store.of(Decision).collection
    found = decisions.find({**own, "_id": {"$in": list(ids)}}, {"statement_ids": 1})
    return {each["_id"]: each async for each in found}


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
