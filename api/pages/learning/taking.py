"""/quiz-attempts/…: answering a quiz, looking through it, handing it in, and what came of it.

Every answer is a draft until the attempt is handed in. What is flagged for another look is kept in
the address, for as long as the attempt is answered.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.boundary import POLICY
from api.pages.desk import Desk, at_desk
from api.pages.learning.paper import Sheet, given_by, sheet, tasks
from api.pages.learning.quiz import standing
from api.pages.learning.results import judged
from api.pages.wording import badge, length, number
from api.permissions import Permission
from api.rest import quiz_attempts
from content.courses.courses import Course
from content.errors import NotFound
from content.identity import now
from content.quizzes import attempts
from content.quizzes.attempts import QuizAttempt
from content.quizzes.quizzes import Quiz

table = web.RouteTableDef()

ADDRESS = "/quiz-attempts/{attempt_id}"
OVER = ("attempt_submitted", "time_limit_exceeded")


@table.get(ADDRESS)
async def attempt_page(request: web.Request) -> web.Response:
    """Show the questions of an attempt; once it is handed in, what came of it."""
    desk = await at_desk(request, Permission.QUIZZES_TAKE)
    attempt = await _attempt(desk)
    if not attempt.open:
        return await _result(desk, attempt)
    return await _paper(desk, attempt, Sheet((), _flags(request)))


@table.post(ADDRESS)
async def keep_answers(request: web.Request) -> web.Response:
    """Keep the answers of a form as drafts, and do what it wishes.

    `keep` is the page's script, which only wants to know whether they are kept.
    """
    desk = await at_desk(request, Permission.QUIZZES_TAKE)
    attempt = await _own(desk)
    address = f"/quiz-attempts/{attempt.id}"
    if not attempt.open:
        return desk.go(address)
    sent = sheet(await attempts.paper_of(desk.store, attempt), await request.post())
    body = {"answers": given_by(sent)}
    problems = (await desk.submit(quiz_attempts.save_answers, body)).problems
    if sent.wish == "keep":
        return web.Response(status=problems.status if problems else 204)
    if problems.code in OVER:
        return desk.go(address)
    if problems:
        return await _paper(desk, attempt, sent, problems)
    flags = _written(sent.flags)
    if sent.wish == "review":
        return desk.go(f"{address}/review{flags}")
    if sent.wish.startswith("move:"):
        return desk.go(f"{address}{flags}#q-{sent.wish.split(':')[1]}")
    return desk.go(f"{address}{flags}", "Your answers are kept. They are not handed in yet.")


@table.get(f"{ADDRESS}/review")
async def look_through(request: web.Request) -> web.Response:
    """Show what is answered, what is not, and what is flagged, before it is handed in."""
    desk = await at_desk(request, Permission.QUIZZES_TAKE)
    attempt = await _attempt(desk)
    if not attempt.open:
        return desk.go(f"/quiz-attempts/{attempt.id}")
    flags = _flags(request)
    asked = await attempts.paper_of(desk.store, attempt)
    shown = tasks(asked, [each.given for each in attempt.lines], flags)
    return desk.show(
        "learning/quiz_review.html",
        **await _around(desk, attempt),
        tasks=shown,
        open=[each for each in shown if not each.answered],
        flags=_written(flags),
    )


@table.post(f"{ADDRESS}/submit")
async def hand_in(request: web.Request) -> web.Response:
    """Hand the attempt in."""
    desk = await at_desk(request, Permission.QUIZZES_TAKE)
    attempt = await _own(desk)
    await desk.ask(quiz_attempts.submit_started_attempt, {"answers": []})
    return desk.go(f"/quiz-attempts/{attempt.id}", "Your answers are handed in.")


async def _attempt(desk: Desk) -> QuizAttempt:
    """The person's own attempt; one whose time is over is handed in. Raises NotFound."""
    attempt = await _own(desk)
    if not attempt.open or attempt.deadline_at is None or now() <= attempt.deadline_at:
        return attempt
    await desk.ask(quiz_attempts.submit_started_attempt, {"answers": []})
    return await _own(desk)


async def _own(desk: Desk) -> QuizAttempt:
    sought = desk.named("attempt_id")
    attempt = await attempts.get(desk.store, desk.organization_id, sought)
    if attempt.person_id != desk.person.id:
        raise NotFound("quiz_attempt", sought)
    return attempt


async def _paper(
    desk: Desk, attempt: QuizAttempt, sent: Sheet, problems: Problems = NO_PROBLEMS
) -> web.Response:
    asked = await attempts.paper_of(desk.store, attempt)
    written = {each["question_index"]: each["answer"] for each in sent.answers}
    given = [written.get(i, each.given) for i, each in enumerate(attempt.lines)]
    shown = tasks(asked, given, sent.flags)
    wrong = _wrong(sent, problems)
    shown = [replace(each, problem=wrong.get(each.index, "")) for each in shown]
    response = desk.show(
        "learning/quiz_paper.html",
        problems.status,
        **await _around(desk, attempt),
        tasks=shown,
        problems=[(f"q-{index}", f"Question {index + 1}", said) for index, said in wrong.items()],
        problem=problems,
        now=now(),
    )
    return _with_media(desk, response)


async def _result(desk: Desk, attempt: QuizAttempt) -> web.Response:
    told = await desk.ask(quiz_attempts.get_quiz_attempt, attempt_id=attempt.id)
    asked = await attempts.paper_of(desk.store, attempt)
    shown = judged(asked, told.attributes.results)
    response = desk.show(
        "learning/quiz_result.html",
        **await _around(desk, attempt),
        result=told.attributes,
        badge=badge(standing(attempt)),
        score="" if attempt.outcome.score is None else f"{number(attempt.outcome.score)} %",
        points=f"{number(told.attributes.points_earned)} of {number(told.attributes.total_points)}",
        time=length(attempt.time_taken_seconds or 0),
        judged=shown,
        told=any(each.right or each.explanation for each in shown),
    )
    return _with_media(desk, response)


async def _around(desk: Desk, attempt: QuizAttempt) -> dict[str, Any]:
    """What every page of an attempt tells: its quiz, and the lesson that it belongs to."""
    quiz = await desk.store.of(Quiz).get(desk.organization_id, attempt.quiz_id)
    course = None
    if attempt.course_id is not None:
        course = await desk.store.of(Course).find(desk.organization_id, attempt.course_id)
    back = f"/learn/{attempt.course_id}/{attempt.lesson_id}" if course else "/"
    return {"attempt": attempt, "quiz": quiz, "course": course, "back": back}


def _with_media(desk: Desk, response: web.Response) -> web.Response:
    """The page with the pictures, sounds and films of its questions."""
    policy = POLICY.replace("img-src 'self' data:", "img-src 'self' data: https:")
    origin = desk.services.settings.content_origin
    said = f"{policy.format(content=origin)}; media-src 'self' https:"
    response.headers["Content-Security-Policy"] = said
    return response


def _flags(request: web.Request) -> frozenset[int]:
    """The questions that the address flags."""
    given = request.query.getall("flag", [])
    return frozenset(int(each) for each in given if each.isdecimal() and len(each) < 5)


def _written(flags: frozenset[int]) -> str:
    """The flags as an address has them."""
    return f"?{urlencode([('flag', each) for each in sorted(flags)])}" if flags else ""


def _wrong(sent: Sheet, problems: Problems) -> Mapping[int, str]:
    """What was wrong with each question's answer, by its place on the paper."""
    wrong: dict[int, str] = {}
    for where, detail in problems.findings:
        parts = where.split("/")
        if len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(sent.answers):
            index = sent.answers[int(parts[1])]["question_index"]
            wrong[index] = f"The answer {detail}."
    return wrong
