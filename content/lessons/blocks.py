"""Interactive blocks within a lesson: each answer is a statement, and kept nowhere else."""

import re
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from content.enrollment.enrollments import Enrollment
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lessons.access import Admitted
from content.lessons.lessons import Lesson
from content.people.people import Person
from content.progress.history import Log
from content.telling.statements import ADL, Scene, Statement, about_part, activity
from lrs.query import StatementQuery
from scorm_runtime.sink import StatementSink

ANSWERED: Final = f"{ADL}answered"
LONGEST_ANSWER: Final = 20_000

_BLOCK: Final = re.compile(r"[A-Za-z0-9._~-]{1,100}")


class BlockAnswer(Struct, frozen=True, kw_only=True):
    """What a learner answered: any JSON. `score` is 0 to 1, as the block's own page told it."""

    answer: Any
    correct: bool | None = None
    score: float | None = None
    answered_at: datetime
    statement_id: str


class AnswerDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer, and whether the block found it correct."""

    answer: Any
    correct: bool | UnsetType = UNSET
    score: float | UnsetType = UNSET


class _Result(Struct, frozen=True):
    response: str = ""
    success: bool | None = None
    score: dict[str, float] = {}


class _Answered(Struct, frozen=True):
    result: _Result = _Result()


async def answer(
    record: StatementSink, person: Person, admitted: Admitted, block_id: str, draft: AnswerDraft
) -> BlockAnswer:
    """Record an answer. Raises RuleBroken."""
    response, lesson = written(draft.answer), admitted.lesson
    if wrong := _broken(block_id, response, draft):
        raise RuleBroken(wrong)
    scene = Scene(
        actor=person,
        course=admitted.course,
        lesson=lesson,
        registration=admitted.enrollment.timeline.on(lesson.id)[-1],
        at=now(),
    )
    block = activity(block_activity(lesson, block_id), block_id, "interaction")
    said = about_part(scene, ANSWERED, new_id("answer"), block, _result(response, draft))
    await record(lesson.organization_id, [said])
    return BlockAnswer(
        answer=draft.answer,
        correct=None if draft.correct is UNSET else draft.correct,
        score=None if draft.score is UNSET else draft.score,
        answered_at=scene.at,
        statement_id=said["id"],
    )


async def latest(
    log: Log, person: Person, enrollment: Enrollment, lesson: Lesson, block_id: str
) -> BlockAnswer:
    """The person's last answer in the present attempt. Raises NotFound."""
    query = StatementQuery(
        agent=person.agents[0],
        verb=ANSWERED,
        activity=block_activity(lesson, block_id),
        registration=enrollment.timeline.on(lesson.id)[-1],
        limit=1,
    )
    page = await log.find(lesson.organization_id, query)
    if not page.statements:
        raise NotFound("answer", block_id)
    found = page.statements[0]
    result = msgspec.json.decode(found.raw, type=_Answered).result
    return BlockAnswer(
        answer=read(result.response),
        correct=result.success,
        score=result.score.get("scaled"),
        answered_at=found.timestamp,
        statement_id=found.statement_id,
    )


def block_activity(lesson: Lesson, block_id: str) -> str:
    """The IRI under which statements name a block."""
    return f"{lesson.activity_id}/blocks/{block_id}"


def written(answer: Any) -> str:
    """The answer as a response: a text as it is, all else as JSON, so that `read` gives it back."""
    if isinstance(answer, str) and not _is_json(answer):
        return answer
    return msgspec.json.encode(answer).decode()


def read(response: str) -> Any:
    """The answer that a response tells."""
    return msgspec.json.decode(response) if _is_json(response) else response


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _result(response: str, draft: AnswerDraft) -> Statement:
    result: Statement = {"response": response}
    if draft.correct is not UNSET:
        result["success"] = draft.correct
    if draft.score is not UNSET:
        result["score"] = {"scaled": draft.score}
    return result


def _broken(block_id: str, response: str, draft: AnswerDraft) -> list[Finding]:
    wrong = []
    if not _BLOCK.fullmatch(block_id):
        detail = "must have 1 to 100 letters, digits or . _ ~ -"
        wrong.append(Finding(where="block_id", detail=detail))
    if len(response) > LONGEST_ANSWER:
        detail = f"must have at most {LONGEST_ANSWER} characters as JSON"
        wrong.append(Finding(where="answer", detail=detail))
    if isinstance(draft.score, float | int) and not 0 <= draft.score <= 1:
        wrong.append(Finding(where="score", detail="must be from 0 to 1"))
    return wrong
