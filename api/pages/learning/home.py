"""/: what is due, where one was, what came of it, and one's courses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.learning.due import due
from api.pages.learning.learning_paths import my_paths
from api.pages.learning.lines import CourseCard, card_of
from api.pages.learning.quiz import standing
from api.pages.wording import Badge, badge, number
from api.permissions import Permission
from content.assignments.submission import Submission
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentFilter
from content.quizzes.attempts import QuizAttempt
from content.quizzes.quizzes import Quiz

table = web.RouteTableDef()

COURSES_SHOWN = 100
RESULTS_SHOWN = 5
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a quiz or of work that was handed in."""

    title: str
    href: str
    badge: Badge
    score: str
    at: datetime


@table.get("/")
async def home(request: web.Request) -> web.Response:
    """Show where the person stands; who has no courses of their own goes where they may."""
    desk = await at_desk(request, Permission.SESSION)
    if not desk.principal.may(Permission.ENROLLMENTS_READ_OWN):
        return desk.show("learning/home_closed.html")
    cards = await _cards(desk)
    open_ones = [each for each in cards if each.next]
    begun = [each for each in open_ones if each.last_activity_at and len(open_ones) > 1]
    return desk.show(
        "learning/home.html",
        courses=cards,
        due=await due(desk, cards),
        going_on=max(begun, key=lambda each: each.last_activity_at or LONG_AGO, default=None),
        paths=await my_paths(desk),
        results=await _results(desk),
        lead=lead(cards),
    )


def lead(cards: Sequence[CourseCard]) -> str:
    """How the person stands, in a line."""
    if not cards:
        return "What you are enrolled in appears here."
    done = sum(card.badge.status == "completed" for card in cards)
    return f"{len(cards)} {'course' if len(cards) == 1 else 'courses'}, {done} completed."


async def _cards(desk: Desk) -> list[CourseCard]:
    """The courses that the person is enrolled in, the unfinished ones first."""
    found = await enrollments.find(
        desk.store,
        desk.organization_id,
        EnrollmentFilter(person_id=desk.person.id),
        Paging(per_page=COURSES_SHOWN, sort="-enrolled_at"),
    )
    held = [each for each in found.items if each.cancelled_at is None]
    cards = [await card_of(desk.services, each) for each in held]
    return sorted(cards, key=lambda card: card.badge.status == "completed")


async def _results(desk: Desk) -> list[Result]:
    """The latest results, those of quizzes and those of work."""
    found = [*await _quizzes(desk), *await _work(desk)]
    return sorted(found, key=lambda each: each.at, reverse=True)[:RESULTS_SHOWN]


async def _quizzes(desk: Desk) -> list[Result]:
    store, organization_id = desk.store, desk.organization_id
    own = {"person_id": desk.person.id, "status": "submitted"}
    latest = Paging(per_page=RESULTS_SHOWN, sort="-submitted_at")
    found = (await store.of(QuizAttempt).page(organization_id, own, latest)).items
    quizzes = {
        each.quiz_id: await store.of(Quiz).find(organization_id, each.quiz_id) for each in found
    }
    return [
        Result(
            quiz.title if quiz else "A quiz",
            f"/quiz-attempts/{each.id}",
            badge(standing(each)),
            "" if each.outcome.score is None else f"{number(each.outcome.score)} %",
            each.submitted_at or each.updated_at,
        )
        for each in found
        for quiz in [quizzes[each.quiz_id]]
    ]


async def _work(desk: Desk) -> list[Result]:
    own = {"person_id": desk.person.id, "status": "graded"}
    latest = Paging(per_page=RESULTS_SHOWN, sort="-submitted_at")
    found = (await desk.store.of(Submission).page(desk.organization_id, own, latest)).items
    results = []
    for each in found:
        grade = each.grade
        if grade is None:
            continue
        course = await desk.store.of(Course).find(desk.organization_id, each.course_id)
        shown = {True: "passed", False: "failed", None: "graded"}[grade.passed]
        score = f"{number(grade.final_score)} of {number(grade.max_score)}"
        title = f"Work in {course.title}" if course else "Work"
        href = f"/learn/{each.course_id}/{each.lesson_id}"
        results.append(Result(title, href, badge(shown), score, grade.graded_at))
    return results
