"""Proofs: what somebody began or completed, since when that is known, and by which statements.

They are kept: what was completed then stays completed when a course changes afterwards. A proof is
withdrawn when a statement that it rests on is voided or its attempt is reset, from that moment on.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Final

from msgspec import structs

from content.compliance.achievements import Found, Voided, fall, identity
from content.compliance.terms import COURSE, PATH, Target
from content.documents import Document

_PROOF: Final = uuid.UUID("2c0a4a1e-6c1f-5b57-8f0e-5a3b1d9e7c42")


class Proof(Document, frozen=True, kw_only=True):
    """One thing that a person did with a target: `completed` it, else began it.

    `at` is when it happened, `known_at` since when that is known; `score` in percent.
    `updated_at` is when the statements about the target were last looked at.
    """

    kind: ClassVar[str] = "compliance_proof"

    person_id: str
    target: Target
    completed: bool
    at: datetime
    known_at: datetime
    withdrawn_at: datetime | None = None
    score: float | None = None
    statement_ids: tuple[str, ...] = ()


def merged(
    owner: tuple[str, str],
    kept: Sequence[Proof],
    found: Iterable[Found],
    looked: Collection[Target],
    voided: Voided,
    moment: datetime,
) -> list[Proof]:
    """What was kept, with what is found now added, and what no longer holds withdrawn.

    `owner` are the ids of the organization and the person, `looked` the targets that were looked
    at now. What was there at the last look and did not count then, as before a course was
    changed, is known only since the moment.
    """
    last = {each: max(_looks(kept, each), default=None) for each in looked}
    proofs = {each.id: _looked_at(each, looked, voided, moment) for each in kept}
    fresh: dict[str, Proof] = {}
    for each in found:
        proof_id = _proof_id(owner, each)
        if proof_id in proofs:
            present = {"withdrawn_at": each.withdrawn_at, "score": each.score}
            proofs[proof_id] = structs.replace(proofs[proof_id], **present)
            continue
        look = last.get(each.target)
        late = look is not None and each.known_at <= look
        known_at = max(each.known_at, moment) if late else each.known_at
        known = structs.replace(each, known_at=known_at)
        fresh.setdefault(proof_id, _proof(owner, proof_id, known, moment))
    held = list(proofs.values())
    return held + [each for each in fresh.values() if not any(_same(one, each) for one in held)]


def _looks(kept: Iterable[Proof], target: Target) -> list[datetime]:
    return [each.updated_at for each in kept if each.target == target]


def _looked_at(proof: Proof, looked: Collection[Target], voided: Voided, moment: datetime) -> Proof:
    if proof.target not in looked:
        return proof
    withdrawn_at = proof.withdrawn_at or fall(proof.statement_ids, voided)
    return structs.replace(proof, withdrawn_at=withdrawn_at, updated_at=moment)


def _same(kept: Proof, found: Proof) -> bool:
    """Whether it is the same completion by more statements, or by fewer, after a change."""
    if (kept.target, kept.completed) != (found.target, found.completed) or kept.withdrawn_at:
        return False
    ids, others = set(kept.statement_ids), set(found.statement_ids)
    return found.target.kind in (COURSE, PATH) and (ids <= others or others <= ids)


def _proof_id(owner: tuple[str, str], found: Found) -> str:
    told = (*owner, found.target.kind, found.target.id, *identity(found))
    return f"proof_{uuid.uuid5(_PROOF, '/'.join(told)).hex}"


def _proof(owner: tuple[str, str], proof_id: str, found: Found, moment: datetime) -> Proof:
    organization_id, person_id = owner
    return Proof(
        id=proof_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=person_id,
        target=found.target,
        completed=found.completed,
        at=found.at,
        known_at=found.known_at,
        withdrawn_at=found.withdrawn_at,
        score=found.score,
        statement_ids=found.statement_ids,
    )
