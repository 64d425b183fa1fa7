"""What attempts tell: statements, from which alone progress follows, and events. Pure.

A statement about the outcome holds until the outcome is another. Then it is voided and the new one
is told, so that the log never says both: a pass that a regrade takes back counts for nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from content.courses.courses import Course
from content.lessons.lessons import Lesson
from content.people import people
from content.people.people import Person
from content.quizzes import interactions
from content.quizzes.attempts import Line, QuizAttempt, Said
from content.quizzes.outcome import completes
from content.quizzes.paper import Asked
from content.quizzes.quizzes import Quiz
from content.telling import statements
from content.telling.events import Event, event
from content.telling.statements import ADL, Scene, Statement
from lrs.statement import VOIDED


class Stage(Struct, frozen=True, kw_only=True):
    """Whose attempt it is and at what; without a lesson the quiz is an activity by itself."""

    person: Person
    quiz: Quiz
    lesson: Lesson | None = None
    course: Course | None = None

    def activity(self) -> Statement:
        """What is attempted."""
        if self.lesson is not None:
            return statements.lesson_activity(self.lesson)
        return statements.activity(self.quiz.activity_id, self.quiz.title, "assessment")


class Telling(Struct, frozen=True):
    """One statement to be made: `of` names what it tells of among those of one attempt."""

    of: str
    verb: str
    result: Statement
    asked: Asked | None = None


class Told(Struct, frozen=True):
    """What is to be recorded, and the statements about the outcome that hold afterwards."""

    statements: tuple[Statement, ...]
    said: tuple[Said, ...]


def begun(stage: Stage, attempt: QuizAttempt) -> list[Statement]:
    """The attempt was begun."""
    telling = Telling("begun", f"{ADL}attempted", {})
    return [_statement(stage, attempt, telling, attempt.started_at, attempt.id)]


def submitted(stage: Stage, attempt: QuizAttempt, asked: Sequence[Asked]) -> Told:
    """The attempt was submitted: each answer, the outcome, and the time it took."""
    at = attempt.submitted_at or attempt.updated_at
    answers = (
        _statement(stage, attempt, telling, at, attempt.id)
        for telling in _answers(attempt.lines, asked)
    )
    told = regraded(stage, attempt, asked)
    ended = Telling("ended", f"{ADL}terminated", {"duration": f"PT{_seconds(attempt)}S"})
    end = _statement(stage, attempt, ended, at, attempt.id)
    return Told((*answers, *told.statements, end), told.said)


def regraded(
    stage: Stage, attempt: QuizAttempt, asked: Sequence[Asked], by: Person | None = None
) -> Told:
    """The outcome as it stands now: what it has not said is told, what it unsays is voided."""
    at = attempt.submitted_at or attempt.updated_at
    before = {each.of: each for each in attempt.said}
    wanted = {each.of: each for each in _outcome(attempt, asked)}
    held = {
        of: said
        for of, said in before.items()
        if of in wanted and said.digest == _digest(wanted[of])
    }
    deed = f"{attempt.id}/{attempt.gradings}"
    made = {
        of: _statement(stage, attempt, telling, at, deed, by)
        for of, telling in wanted.items()
        if of not in held
    }
    voided = [_voiding(said, by or stage.person, attempt) for said in before.values()]
    voided = [each for each, of in zip(voided, before, strict=True) if of not in held]
    new = {of: Said(of, made[of]["id"], _digest(wanted[of])) for of in made}
    return Told((*voided, *made.values()), tuple({**held, **new}.values()))


def events(attempt: QuizAttempt, *, passed_before: bool | None = None, new: bool) -> list[Event]:
    """What others may want to hear: `new` that it was submitted; else that the verdict changed."""
    at = attempt.submitted_at or attempt.updated_at
    found = [_event(attempt, "quiz.submitted", attempt.id, at)] if new else []
    passed = attempt.outcome.passed
    if passed is not None and (new or passed != passed_before):
        kind = "quiz.passed" if passed else "quiz.failed"
        moment = at if new else attempt.updated_at
        found.append(_event(attempt, kind, f"{attempt.id}/{attempt.gradings}", moment))
    return found


def _event(attempt: QuizAttempt, kind: str, told: str, at: datetime) -> Event:
    data = {
        "attempt_id": attempt.id,
        "quiz_id": attempt.quiz_id,
        "user_id": attempt.person_id,
        "course_id": attempt.course_id,
        "lesson_id": attempt.lesson_id,
        "attempt_number": attempt.attempt_number,
        "score": attempt.outcome.score,
        "passed": attempt.outcome.passed,
        "submitted_at": attempt.submitted_at and statements.timestamp(attempt.submitted_at),
    }
    return event(attempt.organization_id, kind, told, at, data)


def _answers(lines: Iterable[Line], asked: Iterable[Asked]) -> Iterator[Telling]:
    for line, each in zip(lines, asked, strict=True):
        if line.given is None:
            continue
        result: Statement = {"response": interactions.response(each.question, line.given)}
        if line.seconds is not None:
            result["duration"] = f"PT{line.seconds:g}S"
        if not line.pending_review:
            result |= {"success": line.correct, "score": _score(line.points_earned, line.points)}
        yield Telling(f"answer/{line.question_id}", f"{ADL}answered", result, each)


def _outcome(attempt: QuizAttempt, asked: Sequence[Asked]) -> Iterator[Telling]:
    """What is to be said of the outcome as it stands."""
    found, verdict = attempt.outcome, {}
    for line, each in zip(attempt.lines, asked, strict=True):
        if line.reviews:
            result: Statement = {"score": _score(line.points_earned, line.points)}
            if line.reviews[-1].feedback:
                result["response"] = line.reviews[-1].feedback
            yield Telling(f"review/{line.question_id}", f"{ADL}scored", result, each)
    if found.score is not None and not found.pending_review:
        verdict["score"] = _score(found.points_earned, found.total_points)
        yield Telling("score", f"{ADL}scored", verdict)
    completed = {"completion": True} if completes(found, attempt.rules) else {}
    if found.passed is not None:
        verb = f"{ADL}passed" if found.passed else f"{ADL}failed"
        yield Telling("verdict", verb, {"success": found.passed, **verdict})
    if completed:
        yield Telling("completion", f"{ADL}completed", completed)


def _score(earned: float, total: float) -> Statement:
    score: Statement = {"raw": earned, "min": 0, "max": total}
    return {"scaled": round(earned / total, 6), **score} if total else {"raw": earned}


def _digest(telling: Telling) -> str:
    said: Mapping[str, Any] = {"verb": telling.verb, "result": telling.result}
    return msgspec.json.encode(said).decode()


def _seconds(attempt: QuizAttempt) -> int:
    return attempt.time_taken_seconds or 0


def _statement(
    stage: Stage,
    attempt: QuizAttempt,
    telling: Telling,
    at: datetime,
    deed: str,
    by: Person | None = None,
) -> Statement:
    target = stage.activity()
    parents: list[Statement] = []
    if telling.asked is not None:
        question, parents = telling.asked.question, [target]
        target = {
            "objectType": "Activity",
            "id": f"{stage.quiz.activity_id}/questions/{question.id}",
            "definition": interactions.definition(question),
        }
    told = f"{deed}/{telling.of}"
    if stage.lesson is not None and stage.course is not None:
        scene = Scene(
            actor=stage.person,
            course=stage.course,
            lesson=stage.lesson,
            registration=attempt.registration or "",
            at=at,
            instructor=by,
        )
        return statements.about(scene, telling.verb, told, target, telling.result, parents)
    made: Statement = {
        "id": statements.statement_id(telling.verb, target["id"], told),
        "actor": people.xapi_agent(stage.person),
        "verb": statements.verb_of(telling.verb),
        "object": target,
        "timestamp": statements.timestamp(at),
    }
    context: Statement = {"contextActivities": {"parent": parents}} if parents else {}
    if by is not None:
        context["instructor"] = people.xapi_agent(by)
    made = {**made, "context": context} if context else made
    return {**made, "result": telling.result} if telling.result else made


def _voiding(said: Said, by: Person, attempt: QuizAttempt) -> Statement:
    return {
        "id": statements.statement_id(VOIDED, said.statement_id),
        "actor": people.xapi_agent(by),
        "verb": statements.verb_of(VOIDED),
        "object": {"objectType": "StatementRef", "id": said.statement_id},
        "timestamp": statements.timestamp(attempt.updated_at),
    }
