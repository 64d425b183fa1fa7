"""Achievements: what statements tell of a target, each as it was first known. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, structs

from content.compliance.terms import COURSE, Target
from content.courses.outline import Outline, place
from content.identity import from_millisecond
from content.paths.standing import is_met
from content.progress import rollup
from content.progress.attempts import Timeline
from content.progress.fold import RESET, CourseState, fold, happened, telling
from content.progress.rollup import Standing
from lrs.statement import StoredStatement


class Found(Struct, frozen=True, kw_only=True):
    """A target completed, else begun, `at` a moment; `known_at` is when the last statement that it
    rests on was stored, `told_by` its id; `score` in percent.
    """

    target: Target
    completed: bool
    at: datetime
    known_at: datetime
    withdrawn_at: datetime | None = None
    score: float | None = None
    statement_ids: tuple[str, ...] = ()
    told_by: str = ""


Voided = Mapping[str, datetime]
"""When statements were voided, by their ids; those that were not are not in it."""


def of_activity(
    target: Target, statements: Iterable[StoredStatement], voided: Voided
) -> list[Found]:
    """What statements about the target's own activity tell: the first sign, each completion."""
    found: list[Found] = []
    for each in sorted(statements, key=_stored):
        told = telling(each, own=True)
        done = told.completed is not None and told.failed is None
        if done or not any(not one.completed and one.withdrawn_at is None for one in found):
            found.append(_found(target, each, voided, completed=done))
    return found


def _found(target: Target, statement: StoredStatement, voided: Voided, *, completed: bool) -> Found:
    scaled = statement.result.scaled if statement.result else None
    return Found(
        target=target,
        completed=completed,
        at=happened(statement),
        known_at=_stored(statement),
        withdrawn_at=fall([statement.statement_id], voided),
        score=None if scaled is None else round(scaled * 100, 2),
        statement_ids=(statement.statement_id,),
        told_by=statement.statement_id,
    )


def of_course(
    outline: Outline, statements: Sequence[StoredStatement], timeline: Timeline, voided: Voided
) -> list[Found]:
    """What one enrollment's statements tell of the course, each time that all of it was completed.

    They are read in the order in which they were stored, and once more after each voiding
    without what was voided. What is completed once more must be so in other attempts; what its
    own attempts undo, as by a reset, is withdrawn.
    """
    ordered = sorted({each.statement_id: each for each in statements}.values(), key=_stored)
    moments = sorted(set(voided.values()))
    found: dict[tuple[str, ...], Found] = {}
    for since in (None, *moments):
        kept = [
            each
            for each in ordered
            if since is None or voided.get(each.statement_id, _later(since)) > since
        ]
        for each in _rounds(outline, kept, timeline):
            known_at = (
                each.known_at if since is None else max(each.known_at, from_millisecond(since))
            )
            known = structs.replace(each, known_at=known_at)
            found.setdefault(identity(each), known)
    return [_withdrawn(each, voided) for each in found.values()]


def _later(moment: datetime) -> datetime:
    return datetime.max.replace(tzinfo=moment.tzinfo)


def identity(found: Found) -> tuple[str, ...]:
    """What tells it apart from others of the same person and target."""
    return (str(found.completed), found.told_by, *found.statement_ids)


def fall(statement_ids: Iterable[str], voided: Voided) -> datetime | None:
    """The moment of the first voiding among the statements."""
    moments = [from_millisecond(voided[each]) for each in statement_ids if each in voided]
    return min(moments, default=None)


def _withdrawn(found: Found, voided: Voided) -> Found:
    """Withdrawn by a voiding, or by a reset where that was earlier."""
    moments = (fall(found.statement_ids, voided), found.withdrawn_at)
    earliest = min((each for each in moments if each is not None), default=None)
    return structs.replace(found, withdrawn_at=earliest)


def _rounds(
    outline: Outline, statements: Iterable[StoredStatement], timeline: Timeline
) -> list[Found]:
    """The first sign of activity, and each completion of the whole course."""
    target = Target(kind=COURSE, id=outline.course_id)
    found: list[Found] = []
    state, before, closed = CourseState(), CourseState(), set[tuple[str, str]]()
    for each in statements:
        attempt = _attempt(outline, each, timeline)
        if attempt in closed:
            if attempt[1] not in before.attempts.get(attempt[0], {}):
                continue
            before = fold(before, outline, each, timeline)
            standing = rollup.standing(outline, before)
            if is_met(standing):
                found[-1] = structs.replace(found[-1], score=standing.score)
            else:
                found[-1] = structs.replace(found[-1], withdrawn_at=_stored(each))
                state, closed = before, set()
            continue
        if not found and each.verb != RESET:
            found.append(_begun(target, each))
        state = fold(state, outline, each, timeline)
        standing = rollup.standing(outline, state)
        if is_met(standing):
            found.append(_completed(target, standing, each))
            before, state = state, CourseState()
            closed |= {(name, own) for name, some in before.attempts.items() for own in some}
    return found


def _attempt(outline: Outline, statement: StoredStatement, timeline: Timeline) -> tuple[str, str]:
    name = place(outline, statement.activity).lesson_id or outline.course_id
    return name, timeline.attempt(name, statement.registration, happened(statement))


def _begun(target: Target, statement: StoredStatement) -> Found:
    return Found(
        target=target,
        completed=False,
        at=happened(statement),
        known_at=_stored(statement),
        statement_ids=(statement.statement_id,),
        told_by=statement.statement_id,
    )


def _completed(target: Target, standing: Standing, statement: StoredStatement) -> Found:
    return Found(
        target=target,
        completed=True,
        at=standing.completed_at or happened(statement),
        known_at=_stored(statement),
        score=standing.score,
        statement_ids=standing.evidence,
        told_by=statement.statement_id,
    )


class Known(Protocol):
    """A proof, found or kept."""

    @property
    def target(self) -> Target: ...
    @property
    def completed(self) -> bool: ...
    @property
    def at(self) -> datetime: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...
    @property
    def statement_ids(self) -> tuple[str, ...]: ...


def of_path(target: Target, needed: Sequence[str], proofs: Iterable[Known]) -> list[Found]:
    """What proofs of its courses tell of a path: the first sign, each time that all are done."""
    own = [each for each in proofs if each.target.kind == COURSE and each.target.id in needed]
    begun = sorted(own, key=lambda each: each.known_at)[:1]
    found = [_joined(target, begun, completed=False)] if begun else []
    rounds = [
        sorted((e for e in own if e.completed and e.target.id == course_id), key=_at)
        for course_id in needed
    ]
    return found + [
        _joined(target, several, completed=True) for several in zip(*rounds, strict=False)
    ]


def _at(proof: Known) -> tuple[bool, datetime]:
    return proof.withdrawn_at is not None, proof.at


def _joined(target: Target, proofs: Sequence[Known], *, completed: bool) -> Found:
    withdrawn = [each.withdrawn_at for each in proofs if each.withdrawn_at is not None]
    return Found(
        target=target,
        completed=completed,
        at=max(each.at for each in proofs),
        known_at=max(each.known_at for each in proofs),
        withdrawn_at=min(withdrawn, default=None),
        statement_ids=tuple(dict.fromkeys(e for each in proofs for e in each.statement_ids)),
    )


def _stored(statement: StoredStatement) -> datetime:
    return from_millisecond(statement.stored)
