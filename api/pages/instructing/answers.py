"""/grading/answers/…: the answers of an attempt that a person reads and grades."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form, carried_out, structured
from api.pages.instructing.queue import neighbours, onward
from api.pages.instructing.responses import right, said
from api.pages.wording import Badge, length, number
from api.permissions import Permission
from content.courses import courses
from content.findings import Finding
from content.people import people
from content.quizzes import attempts, grading, review
from content.quizzes.attempts import Line, QuizAttempt
from content.quizzes.markup import plain
from content.quizzes.paper import Asked
from content.quizzes.questions import Criterion, Essay
from content.quizzes.quizzes import Quiz

table = web.RouteTableDef()

ADDRESS = "/grading/answers/{attempt_id}"


@dataclass(frozen=True, slots=True)
class GradedRow:
    """An answer that a rule graded."""

    number: int
    question: str
    response: str
    right: str
    badge: Badge
    earned: str
    time: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer to be read; `guidance` is a text, `rubric` its criteria."""

    index: int
    question: str
    answer: str
    words: int
    most: str
    guidance: str
    rubric: Sequence[Criterion]
    pending: bool
    earned: str
    feedback: str


@table.get(ADDRESS)
async def answers_page(request: web.Request) -> web.Response:
    """Show the answers of an attempt that wait, and those that were read before."""
    desk = await at_desk(request, Permission.QUIZZES_GRADE)
    attempt = await attempts.get(desk.store, desk.organization_id, desk.named("attempt_id"))
    return await _page(desk, attempt, Form())


@table.post(ADDRESS)
async def grade(request: web.Request) -> web.Response:
    """Grade the answers that points were written for, and go on to what waits next."""
    desk = await at_desk(request, Permission.QUIZZES_GRADE)
    attempt = await attempts.get(desk.store, desk.organization_id, desk.named("attempt_id"))
    sent = await request.post()
    form = Form(structured((name, text) for name, text in sent.items() if isinstance(text, str)))
    given, wrong = read(form, attempt)
    if wrong:
        return await _page(desk, attempt, form.wrong(wrong))
    by = desk.person
    for index, points in given.items():
        said = form.value(f"feedback/q{index}")
        done = review.grade(desk.store, desk.services.outbox, attempt, by, index, points, said)
        if refused := await carried_out(form, done):
            return await _page(desk, attempt, refused)
        attempt = await attempts.get(desk.store, desk.organization_id, attempt.id)
        await desk.audit("PATCH /attempts/{attempt_id}/grade", attempt.id)
    names = await people.names(desk.store, desk.organization_id, [attempt.person_id])
    told = f"The answers of {names.get(attempt.person_id, 'somebody')} are graded."
    return await onward(desk, attempt.id, told)


def read(form: Form, attempt: QuizAttempt) -> tuple[dict[int, float], list[Finding]]:
    """The points that were written, by the place of the answer; or what is wrong with them."""
    given: dict[int, float] = {}
    wrong: list[Finding] = []
    for index, line in enumerate(attempt.lines):
        place = f"points/q{index}"
        written = form.value(place).replace(",", ".")
        if not written:
            continue
        try:
            points = float(written)
        except ValueError:
            points = -1.0
        if 0 <= points <= line.points:
            given[index] = points
        else:
            detail = f"must be a number from 0 to {number(line.points)}"
            wrong.append(Finding(where=place, detail=detail))
    if not given and not wrong:
        pending = next((i for i, line in enumerate(attempt.lines) if line.pending_review), 0)
        wrong.append(Finding(where=f"points/q{pending}", detail="must be given"))
    return given, wrong


async def _page(desk: Desk, attempt: QuizAttempt, form: Form) -> web.Response:
    store, organization_id = desk.store, desk.organization_id
    quiz = await store.of(Quiz).get(organization_id, attempt.quiz_id)
    asked = await attempts.paper_of(store, attempt, quiz)
    course = None
    if attempt.course_id:
        course = await courses.get(store, organization_id, attempt.course_id)
    names = await people.names(store, organization_id, [attempt.person_id])
    lines = [
        _line(one, line)
        for one, line in zip(asked, attempt.lines, strict=True)
        if isinstance(one.question, Essay)
    ]
    return desk.show(
        "instructing/answers.html",
        form.status,
        attempt=attempt,
        quiz=quiz,
        course=course,
        person=names.get(attempt.person_id, "Somebody who is gone"),
        submitted=desk.minute(attempt.submitted_at),
        score=number(attempt.outcome.score),
        lines=lines,
        graded=[
            _row(one, line)
            for one, line in zip(asked, attempt.lines, strict=True)
            if not isinstance(one.question, Essay)
        ],
        form=form,
        places={
            f"points/q{each.index}": f"Points of answer {n}" for n, each in enumerate(lines, 1)
        },
        near=await neighbours(desk, attempt.id, attempt.submitted_at),
        here=desk.request.path_qs,
        filter=desk.asked("course"),
    )


def _row(asked: Asked, line: Line) -> GradedRow:
    earned = line.points_earned
    verdict = "right" if line.correct else "partly_right" if earned else "wrong"
    tone = {"right": "passed", "partly_right": "late", "wrong": "failed"}[verdict]
    return GradedRow(
        number=asked.index + 1,
        question=plain(asked.question.question),
        response=said(asked.question, line.given),
        right=right(asked.question),
        badge=Badge(tone, verdict.replace("_", " ").capitalize()),
        earned=f"{number(earned)} of {number(line.points)}",
        time=length(line.seconds or 0),
    )


def _line(asked: Asked, line: Line) -> AnswerLine:
    rubric = asked.question.rubric if isinstance(asked.question, Essay) else ""
    given: Any = line.given
    answer = given if isinstance(given, str) else ""
    return AnswerLine(
        index=asked.index,
        question=asked.question.question,
        answer=answer,
        words=grading.words(answer),
        most=number(line.points),
        guidance=rubric if isinstance(rubric, str) else "",
        rubric=() if isinstance(rubric, str) else rubric,
        pending=line.pending_review,
        earned=number(line.points_earned),
        feedback=line.reviews[-1].feedback if line.reviews else "",
    )
