"""/quizzes/…/preview: a quiz as a learner is given it; it is graded, and nothing is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.desk import at_desk
from api.pages.forms import structured
from api.pages.quizzing.question_form import TYPES
from api.pages.wording import number
from api.permissions import Permission
from content.quizzes import grading, paper, pools, quizzes
from content.quizzes.paper import Asked, Layout
from content.quizzes.questions import FillBlank, Matching, MultipleAnswer, Ordering, TrueFalse

table = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Shown:
    """A question of the paper with, once it was tried, what the answer earned."""

    number: int
    kind: str
    points: str
    fields: Mapping[str, Any]
    given: Any
    earned: str = ""
    verdict: str = ""
    explanation: str = ""


@table.get("/quizzes/{quiz_id}/preview")
async def quiz_preview(request: web.Request) -> web.Response:
    """Show the paper of a new attempt."""
    return await _page(request, None)


@table.post("/quizzes/{quiz_id}/preview")
async def try_out(request: web.Request) -> web.Response:
    """Grade what was answered, and keep nothing."""
    await at_desk(request, Permission.QUIZZES_WRITE)
    sent = await request.post()
    pairs = [(name, text) for name, text in sent.items() if isinstance(text, str)]
    return await _page(request, structured(pairs))


async def _page(request: web.Request, answers: Mapping[str, Any] | None) -> web.Response:
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    rules = quiz.rules
    seed = f"preview.{desk.person.id}.{quiz.edition}"
    drawn = await pools.draw(desk.store, desk.organization_id, quiz.pools, seed)
    layout = Layout(seed=seed, questions=rules.shuffle_questions, options=rules.shuffle_options)
    asked = paper.lay_out([*quiz.questions, *drawn], layout)
    shown = [_shown(each, answers) for each in asked]
    earned = sum(float(each.earned or 0) for each in shown)
    return desk.show(
        "quizzing/preview.html",
        quiz=quiz,
        questions=shown,
        tried=answers is not None,
        earned=number(round(earned, 2)),
        total=number(quiz.total_points),
    )


def _shown(asked: Asked, answers: Mapping[str, Any] | None) -> Shown:
    question = asked.question
    fields = paper.shown(asked)
    kind, points = TYPES[fields["type"]][0], number(question.points)
    if answers is None:
        return Shown(asked.index + 1, kind, points, fields, None)
    given = answers.get(question.id)
    verdict = grading.grade(question, _answer(asked, given), asked.order)
    if verdict.graded.pending_review:
        told = "A person grades this"
    elif verdict.malformed:
        told = verdict.malformed[0].detail
    else:
        right = verdict.graded.correct
        told = "Right" if right else "Partly right" if verdict.graded.points_earned else "Wrong"
    earned = number(verdict.graded.points_earned)
    return Shown(asked.index + 1, kind, points, fields, given, earned, told, question.explanation)


def _answer(asked: Asked, given: Any) -> Any:
    """What a form says as an answer is sent over REST; None where nothing was answered.

    Parts have names with two letters before their ids, so that none is taken for a place.
    """
    match asked.question:
        case _ if given in (None, "", [], {}):
            return None
        case TrueFalse():
            return given == "true"
        case MultipleAnswer():
            return given if isinstance(given, list) else [given]
        case FillBlank():
            return [given.get(f"b{i}", "") for i in range(len(asked.question.blanks))]
        case Matching():
            return [[left[2:], right] for left, right in given.items() if right]
        case Ordering():
            return _ordered(given)
    return given


def _ordered(given: Mapping[str, str]) -> list[str]:
    """Items by the places that were written beside them."""
    places = {item[2:]: text for item, text in given.items() if text.isdecimal()}
    return sorted(places, key=lambda item: int(places[item][:6]))
