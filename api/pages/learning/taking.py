"""/quiz-attempts/…: answering a quiz, looking through it, handing it in, and what came of it.

Every answer is a draft until the attempt is handed in. What is flagged for another look is kept in
the address, for as long as the attempt is answered.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from api.pages.boundary import POLICY
from api.pages.learning.paper import Sheet, given_by, sheet, tasks
from api.pages.learning.quiz import standing
from api.pages.learning.results import judged
from api.pages.learning.visit import Visit, visit
from api.pages.redirection import onward
from api.pages.wording import badge, length, number
from api.permissions import Permission
from api.rest import quiz_attempts
from api.rest.problems import Problem
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
    seen = await visit(request, Permission.QUIZZES_TAKE)
    attempt = await _attempt(seen)
    if not attempt.open:
        return await _result(seen, attempt)
    return await _paper(seen, attempt, Sheet((), _flags(request)))


@table.post(ADDRESS)
async def keep_answers(request: web.Request) -> web.Response:
    """Keep the answers of a form as drafts, and do what it wishes.

    `keep` is the page's script, which only wants to know whether they are kept.
    """
    seen = await visit(request, Permission.QUIZZES_TAKE)
    attempt = await _own(seen)
    address = f"/quiz-attempts/{attempt.id}"
    if not attempt.open:
        return onward(address)
    sent = sheet(await attempts.paper_of(seen.store, attempt), await request.post())
    body = {"answers": given_by(sent)}
    problem = await seen.tried(
        seen.ask(quiz_attempts.save_answers, attempt_id=attempt.id, body=body)
    )
    if sent.wish == "keep":
        return web.Response(status=problem.status if problem else 204)
    if problem and problem.code in OVER:
        return onward(address)
    if problem:
        return await _paper(seen, attempt, sent, problem)
    flags = _written(sent.flags)
    if sent.wish == "review":
        return onward(f"{address}/review{flags}")
    if sent.wish.startswith("move:"):
        return onward(f"{address}{flags}#q-{sent.wish.split(':')[1]}")
    return onward(f"{address}{flags}", "Your answers are kept. They are not handed in yet.")


@table.get(f"{ADDRESS}/review")
async def look_through(request: web.Request) -> web.Response:
    """Show what is answered, what is not, and what is flagged, before it is handed in."""
    seen = await visit(request, Permission.QUIZZES_TAKE)
    attempt = await _attempt(seen)
    if not attempt.open:
        return onward(f"/quiz-attempts/{attempt.id}")
    flags = _flags(request)
    asked = await attempts.paper_of(seen.store, attempt)
    shown = tasks(asked, [each.given for each in attempt.lines], flags)
    return seen.page(
        "learning/quiz_review.html",
        **await _around(seen, attempt),
        tasks=shown,
        open=[each for each in shown if not each.answered],
        flags=_written(flags),
    )


@table.post(f"{ADDRESS}/submit")
async def hand_in(request: web.Request) -> web.Response:
    """Hand the attempt in."""
    seen = await visit(request, Permission.QUIZZES_TAKE)
    attempt = await _own(seen)
    await seen.ask(
        quiz_attempts.submit_started_attempt, attempt_id=attempt.id, body={"answers": []}
    )
    return onward(f"/quiz-attempts/{attempt.id}", "Your answers are handed in.")


async def _attempt(seen: Visit) -> QuizAttempt:
    """The person's own attempt; one whose time is over is handed in. Raises NotFound."""
    attempt = await _own(seen)
    if not attempt.open or attempt.deadline_at is None or now() <= attempt.deadline_at:
        return attempt
    body: dict[str, Any] = {"answers": []}
    await seen.ask(quiz_attempts.submit_started_attempt, attempt_id=attempt.id, body=body)
    return await _own(seen)


async def _own(seen: Visit) -> QuizAttempt:
    sought = seen.named("attempt_id")
    attempt = await attempts.get(seen.store, seen.organization_id, sought)
    if attempt.person_id != seen.person.id:
        raise NotFound("quiz_attempt", sought)
    return attempt


async def _paper(
    seen: Visit, attempt: QuizAttempt, sent: Sheet, problem: Problem | None = None
) -> web.Response:
    asked = await attempts.paper_of(seen.store, attempt)
    written = {each["question_index"]: each["answer"] for each in sent.answers}
    given = [written.get(i, each.given) for i, each in enumerate(attempt.lines)]
    shown = tasks(asked, given, sent.flags)
    wrong = _wrong(sent, problem)
    shown = [replace(each, problem=wrong.get(each.index, "")) for each in shown]
    response = seen.page(
        "learning/quiz_paper.html",
        problem.status if problem else 200,
        **await _around(seen, attempt),
        tasks=shown,
        problems=[(f"q-{index}", f"Question {index + 1}", said) for index, said in wrong.items()],
        problem=problem,
        now=now(),
    )
    return _with_media(seen, response)


async def _result(seen: Visit, attempt: QuizAttempt) -> web.Response:
    told = await seen.ask(quiz_attempts.get_quiz_attempt, attempt_id=attempt.id)
    asked = await attempts.paper_of(seen.store, attempt)
    shown = judged(asked, told.attributes.results)
    response = seen.page(
        "learning/quiz_result.html",
        **await _around(seen, attempt),
        result=told.attributes,
        badge=badge(standing(attempt)),
        score="" if attempt.outcome.score is None else f"{number(attempt.outcome.score)} %",
        points=f"{number(told.attributes.points_earned)} of {number(told.attributes.total_points)}",
        time=length(attempt.time_taken_seconds or 0),
        judged=shown,
        told=any(each.right or each.explanation for each in shown),
    )
    return _with_media(seen, response)


async def _around(seen: Visit, attempt: QuizAttempt) -> dict[str, Any]:
    """What every page of an attempt tells: its quiz, and the lesson that it belongs to."""
    quiz = await seen.store.of(Quiz).get(seen.organization_id, attempt.quiz_id)
    course = None
    if attempt.course_id is not None:
        course = await seen.store.of(Course).find(seen.organization_id, attempt.course_id)
    back = f"/learn/{attempt.course_id}/{attempt.lesson_id}" if course else "/"
    return {"attempt": attempt, "quiz": quiz, "course": course, "back": back}


def _with_media(seen: Visit, response: web.Response) -> web.Response:
    """The page with the pictures, sounds and films of its questions."""
    policy = POLICY.replace("img-src 'self' data:", "img-src 'self' data: https:")
    origin = seen.services.settings.content_origin
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


def _wrong(sent: Sheet, problem: Problem | None) -> Mapping[int, str]:
    """What was wrong with each question's answer, by its place on the paper."""
    wrong: dict[int, str] = {}
    for each in problem.findings if problem else ():
        parts = each.where.strip("/").split("/")
        if len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(sent.answers):
            index = sent.answers[int(parts[1])]["question_index"]
            wrong[index] = f"The answer {each.detail}."
    return wrong
