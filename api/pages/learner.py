"""/: my courses with their progress, and the way into a lesson."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api import launching
from api.launching import Mode, Wish
from api.pages.rendering import render
from api.pages.viewer import signed_in
from api.pages.wording import Badge, badge, number, percent
from api.services import SERVICES, Services
from content.courses import courses
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment, EnrollmentFilter
from content.errors import Conflict, LessonLocked
from content.lessons import access
from content.lessons.lessons import Lesson
from content.lessons.locks import Locked, Reason
from content.progress import attempts
from content.progress.attempts import AttemptPolicy, AttemptStanding
from content.progress.progress import ProgressReport
from content.progress.rollup import LessonProgress

table = web.RouteTableDef()

COURSES_SHOWN = 100
NOTHING_LOCKED: Locked = {}


@dataclass(frozen=True, slots=True)
class Action:
    """A way into a lesson: the fields of its form, the first and main one is not `plain`."""

    label: str
    mode: Mode = "normal"
    new_attempt: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson as the learner sees it; `closed` says why there is no way in now."""

    id: str
    title: str
    badge: Badge
    score: str
    actions: list[Action]
    closed: str = ""


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course as the learner sees it."""

    id: str
    title: str
    description: str
    badge: Badge
    percent: str
    summary: str
    lessons: list[LessonLine]


@table.get("/")
async def my_courses(request: web.Request) -> web.Response:
    """Show the courses that the person is enrolled in, the unfinished ones first."""
    principal = await signed_in(request)
    services = request.app[SERVICES]
    organization_id = principal.organization_id
    found = await enrollments.find(
        services.content,
        organization_id,
        EnrollmentFilter(person_id=principal.person.id),
        Paging(per_page=COURSES_SHOWN, sort="-enrolled_at"),
    )
    held = [each for each in found.items if each.cancelled_at is None]
    cards = [await _card(services, each) for each in held]
    cards.sort(key=lambda card: card.badge.status == "completed")
    return render(request, "courses.html", principal, courses=cards, lead=lead(cards))


@table.post("/lessons/{lesson_id}/launch")
async def launch(request: web.Request) -> web.Response:
    """Open the player on the content origin."""
    principal = await signed_in(request)
    lesson_id = request.match_info["lesson_id"]
    form = await request.post()
    mode: Mode = "review" if form.get("mode") == "review" else "normal"
    wish = Wish(mode, "/", new_attempt="new_attempt" in form)
    launched = await launching.launch(request.app[SERVICES], principal.person, lesson_id, wish)
    return web.Response(status=303, headers={"Location": launched.url})


def lead(cards: Sequence[CourseCard]) -> str:
    """How the person stands, in a line."""
    if not cards:
        return "What you are enrolled in appears here."
    done = sum(card.badge.status == "completed" for card in cards)
    return f"{len(cards)} {'course' if len(cards) == 1 else 'courses'}, {done} completed."


async def _card(services: Services, enrollment: Enrollment) -> CourseCard:
    store, organization_id = services.content, enrollment.organization_id
    course = await courses.get(store, organization_id, enrollment.course_id)
    outline = await services.progress.outline(course)
    report = await services.progress.report_of(enrollment, outline)
    ways = await _ways_in(services, course, report)
    locked = await access.closed(store, course, outline, report)
    status = enrollments.status_of(enrollment, report.standing.completed_at, datetime.now(UTC))
    return card(course, report, status, ways, locked)


async def _ways_in(
    services: Services, course: Course, report: ProgressReport
) -> dict[str, list[Action]]:
    """What can be done with each lesson that has a package."""
    query = {"course_id": course.id, "archived_at": None, "package_id": {"$ne": None}}
    found = await services.content.of(Lesson).all(course.organization_id, query)
    playable = {each.id for each in found}
    return {
        each.id: ways_in(each.policy, report.attempts_on(each))
        for each in report.outline.lessons()
        if each.id in playable
    }


def ways_in(policy: AttemptPolicy, standings: Sequence[AttemptStanding]) -> list[Action]:
    """How a lesson can be opened now, the likeliest way first."""
    review = Action("Review", mode="review", plain=True)
    try:
        begun = attempts.begins(policy, standings)
    except (LessonLocked, Conflict):
        return [review]
    last = standings[-1]
    if not last.live or not last.finished:
        return [Action("Continue" if last.live and last.started_at else "Start")]
    again = Action("New attempt", new_attempt=True, plain=True)
    return [again, review] if begun else [Action("Open again", plain=True), again, review]


def card(
    course: Course,
    report: ProgressReport,
    status: str,
    ways: Mapping[str, list[Action]],
    locked: Locked = NOTHING_LOCKED,
) -> CourseCard:
    """The card of a course: `status` is the enrollment's, `ways` lead into each lesson that is
    not locked.
    """
    standing = report.standing
    shown = standing.status if status == "active" else status
    lines = [
        line(
            each,
            [] if status == "expired" else ways.get(each.lesson_id, []),
            locked.get(each.lesson_id, ()),
        )
        for module in report.modules
        for each in module.lessons
    ]
    done = f"{standing.lessons_completed} of {standing.total_lessons} lessons completed"
    minutes = round(standing.seconds / 60)
    return CourseCard(
        id=course.id,
        title=course.title,
        description=course.description,
        badge=badge(shown),
        percent=percent(standing.progress),
        summary=f"{done}, {minutes} min spent" if minutes else done,
        lessons=lines,
    )


def line(
    lesson: LessonProgress, actions: list[Action], reasons: Sequence[Reason] = ()
) -> LessonLine:
    """A lesson's line; without actions where it can't be launched."""
    shown = {True: "passed", False: "failed", None: lesson.status}[lesson.success]
    return LessonLine(
        id=lesson.lesson_id,
        title=lesson.title,
        badge=badge(shown),
        score=number(lesson.score),
        actions=[] if reasons else actions,
        closed=" ".join(each.detail for each in reasons),
    )
