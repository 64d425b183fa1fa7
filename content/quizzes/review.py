"""Review: a person grades what no rule can, or grades again, and the outcome follows."""

from datetime import datetime

from msgspec import structs, to_builtins

from content import findings
from content.errors import Conflict, RuleBroken, VersionMismatch
from content.findings import Finding
from content.identity import now
from content.people.people import Person
from content.quizzes import attempts, evidence, taking
from content.quizzes.attempts import Line, QuizAttempt, Review
from content.quizzes.outcome import outcome
from content.store import Store
from content.telling.outbox import Outbox, untold


async def grade(
    store: Store,
    outbox: Outbox,
    attempt: QuizAttempt,
    by: Person,
    place: int,
    points_earned: float,
    feedback: str = "",
) -> QuizAttempt:
    """Give the answer at a place of the paper its points, be it anew.

    Raises RuleBroken, Conflict (attempt_in_progress).
    """
    while True:
        if attempt.open:
            raise Conflict("attempt_in_progress", "The attempt is not submitted yet.")
        if broken := _broken(attempt, place, points_earned, feedback):
            raise RuleBroken(broken)
        review = Review(points_earned=points_earned, feedback=feedback, by=by.id, at=now())
        try:
            graded = await _regrade(store, attempt, reviewed(attempt, place, review), by)
        except VersionMismatch:
            attempt = await attempts.get(store, attempt.organization_id, attempt.id)
            continue
        await outbox.tell(graded)
        return graded


def reviewed(attempt: QuizAttempt, place: int, review: Review) -> QuizAttempt:
    """The attempt with one more review and the outcome that comes of it."""
    lines = list(attempt.lines)
    lines[place] = _graded(lines[place], review)
    return structs.replace(
        attempt,
        lines=tuple(lines),
        outcome=outcome((line.worth for line in lines), attempt.rules),
        gradings=attempt.gradings + 1,
        updated_at=review.at,
    )


def _graded(line: Line, review: Review) -> Line:
    return structs.replace(
        line,
        points_earned=review.points_earned,
        correct=review.points_earned >= line.points,
        pending_review=False,
        reviews=(*line.reviews, review),
    )


async def _regrade(
    store: Store, before: QuizAttempt, after: QuizAttempt, by: Person
) -> QuizAttempt:
    asked = await attempts.paper_of(store, after)
    told = evidence.regraded(await taking.stage_of(store, after), after, asked, by)
    happened = evidence.events(after, passed_before=before.outcome.passed, new=False)
    fields = {
        "lines": after.lines,
        "outcome": after.outcome,
        "gradings": after.gradings,
        "said": told.said,
    }
    return await store.of(QuizAttempt).change(
        after.organization_id,
        after.id,
        to_builtins(fields, builtin_types=(datetime,)),
        before.version,
        tell=untold(told.statements, happened),
    )


def _broken(attempt: QuizAttempt, place: int, points: float, feedback: str) -> list[Finding]:
    if not 0 <= place < len(attempt.lines):
        detail = f"must be from 0 to {len(attempt.lines) - 1}"
        return [Finding(where="question_index", detail=detail)]
    most = attempt.lines[place].points
    broken = findings.text("feedback", feedback)
    if not 0 <= points <= most:
        broken.append(Finding(where="points_earned", detail=f"must be from 0 to {most:g}"))
    return broken
