"""/analytics, /courses/{id}/analytics: how courses go, in pictures, and who may need help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from api.pages.charts import Chart, bars, columns, funnel, heat_map, lines, sparkline
from api.pages.desk import at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import day, number
from api.permissions import Permission
from api.services import Services
from content import organizations
from content.analytics import course as course_figures
from content.analytics import leaderboard, learning
from content.analytics import overview as glance
from content.analytics.activity import WEEKDAYS
from content.analytics.at_risk import AtRisk
from content.analytics.funnel import Funnel
from content.analytics.leaderboard import Asked
from content.analytics.learning import Learning
from content.analytics.periods import PERIODS, Period, period_of
from content.analytics.scores import BINS, CohortFigures
from content.courses import courses
from content.courses import outline as outlines
from content.courses.course_search import CourseFilter
from content.documents import Paging
from content.identity import now
from content.people.people import Person
from content.quizzes import quizzes, statistics
from content.quizzes.quizzes import Quiz
from content.quizzes.statistics import QuestionStatistics, QuizStatistics
from lrs.errors import TooExpensive

table = web.RouteTableDef()

PERIOD_NAMES = {
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
    "1y": "A year",
    "all": "All time",
}
AT_RISK_SHOWN, MOST_AT_RISK = 8, 500
PLACES_SHOWN = 10
COURSES_A_PAGE = 20
MOST_BARS = 12
MOST_DAYS = 120
"""More are told week by week."""
NOTHING_TOLD = 20.0
"""Below this discrimination, in percent, a question tells little."""


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Somebody at risk."""

    enrollment_id: str
    name: str
    email: str
    progress: str
    last: str
    due: str
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question's figures; `verdict` says what they mean."""

    name: str
    attempts: int
    facility: str
    discrimination: str
    ends: str
    verdict: str


@table.get("/analytics")
async def overview(request: web.Request) -> web.Response:
    """Show courses at a glance: all, or those that one teaches."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    store, organization_id = desk.store, desk.organization_id
    everything = desk.principal.may(Permission.ANALYTICS_READ_ALL)
    filters = CourseFilter(instructor_id=None if everything else desk.person.id)
    page = page_asked(request)
    paging = Paging(page=page, per_page=COURSES_A_PAGE, sort="title")
    found = await courses.find(store, organization_id, filters, paging)
    ids = [each.id for each in found.items]
    glances = await glance.of_courses(store, organization_id, ids, now())
    rows = [
        (each, glances[each.id], sparkline(f"Enrollments in {each.title}", glances[each.id].weeks))
        for each in found.items
    ]
    pages = pages_of(request, page, found.total, COURSES_A_PAGE)
    return desk.show("analytics.html", rows=rows, pages=pages)


@table.get("/courses/{course_id}/analytics")
async def course_analytics(request: web.Request) -> web.Response:
    """Show how a course goes."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    services, organization_id = desk.services, desk.organization_id
    course = await courses.get(services.content, organization_id, desk.named("course_id"))
    where = (services.content, organization_id, course.id)
    moment = now()
    chosen = request.query.get("period", "30d")
    chosen = chosen if chosen in PERIODS else "30d"
    period = period_of(chosen, moment)
    found = await learning.figures(*where, moment)
    offered = await quizzes.of_course(*where)
    quiz = next((each for each in offered if each.id == request.query.get("quiz")), None)
    quiz = quiz or (offered[0] if offered else None)
    figures = await statistics.of_quiz(services.content, quiz) if quiz else None
    most = MOST_AT_RISK if request.query.get("risk") == "all" else AT_RISK_SHOWN
    asked = Asked(scope="course", scope_id=course.id, limit=PLACES_SHOWN)
    return desk.show(
        "course_analytics.html",
        course=course,
        periods=PERIOD_NAMES,
        chosen=chosen,
        found=found,
        charts=_charts(found),
        timeline=_timeline(await course_figures.timeline(*where, period)),
        heat=await _heat(services, organization_id, course.id, period),
        quizzes=offered,
        quiz=quiz,
        questions=question_rows(quiz, figures) if quiz and figures else [],
        difficulty=_difficulty(quiz, figures) if quiz and figures else None,
        places=await leaderboard.leaderboard(services.content, organization_id, asked),
        at_risk=await _risk_rows(services, organization_id, found.at_risk[:most]),
        most_at_risk=MOST_AT_RISK,
        number=number,
    )


def question_rows(quiz: Quiz, figures: QuizStatistics) -> list[QuestionRow]:
    """The quiz's questions, each with what its figures mean."""
    names = {each.id: each.question for each in quiz.questions}
    return [
        QuestionRow(
            name=names.get(each.question_id, "A question drawn from the bank"),
            attempts=each.attempts,
            facility=_percent(each.facility_index),
            discrimination=_percent(each.discrimination_index),
            ends=_percent(each.upper_lower_index),
            verdict=verdict(each),
        )
        for each in figures.questions
    ]


def verdict(question: QuestionStatistics) -> str:
    """What a question's figures mean, in words."""
    tells, facility = question.discrimination_index, question.facility_index
    if tells is not None and tells < 0:
        return "Who does well elsewhere does badly here: look at its key"
    if facility is not None and facility >= 95:
        return "Nearly everybody gets it"
    if facility is not None and facility <= 20:
        return "Hardly anybody gets it"
    if tells is None:
        return "Too few answers to tell"
    return "Tells learners apart" if tells >= NOTHING_TOLD else "Tells learners apart only a little"


def _charts(found: Learning) -> Mapping[str, Chart]:
    minutes = [(each.title, each.median_minutes) for each in found.funnel.lessons]
    dropped = [(each.title, each.drop_rate) for each in found.funnel.lessons]
    many = ""
    if len(dropped) > MOST_BARS:
        minutes, dropped, many = _highest(minutes), _highest(dropped), f": the {MOST_BARS} highest"
    width = 100 // BINS
    bins = [(str(at * width), float(count)) for at, count in enumerate(found.scores.bins)]
    made = {
        "funnel": funnel("From enrolment to completion", _steps(found.funnel)),
        "dropped": bars(
            f"Stopped in the lesson, of those who began it{many}",
            dropped,
            unit="%",
            whole=100,
            most=MOST_BARS,
            head=("Lesson", "Stopped"),
        ),
        "minutes": bars(
            f"Time in the lesson, the median{many}",
            minutes,
            unit="min",
            head=("Lesson", "Minutes"),
            most=MOST_BARS,
        ),
        "scores": columns(
            "Course scores, by tens of percent", bins, head=("From, in percent", "Learners")
        ),
    }
    if len(found.cohorts) > 1:
        made["cohorts"] = bars(
            "Completed, by cohort",
            [(_cohort(each), each.completion_rate) for each in found.cohorts],
            unit="%",
            whole=100,
            head=("Cohort", "Completed"),
        )
    return made


def _highest(items: Sequence[tuple[str, float | None]]) -> list[tuple[str, float | None]]:
    return sorted(items, key=lambda each: -1 if each[1] is None else each[1], reverse=True)


def _steps(found: Funnel) -> list[tuple[str, int]]:
    lessons = [(f"Completed: {each.title}", each.completed) for each in found.lessons]
    ends = ("Completed the course", found.completed)
    return [("Enrolled", found.enrolled), ("Began", found.began), *lessons, ends]


def _cohort(figures: CohortFigures) -> str:
    return figures.name if figures.cohort_id is not None else "In no cohort"


def _timeline(days: Sequence[course_figures.Day]) -> Chart:
    by_week = len(days) > MOST_DAYS
    size = 7 if by_week else 1
    spans = [days[at : at + size] for at in range(0, len(days), size)]
    return lines(
        f"Enrollments and completions, {'week by week' if by_week else 'day by day'}",
        [f"{each[0].date.day} {each[0].date:%b}" for each in spans],
        {
            "Enrollments": [sum(day.enrollments for day in each) for each in spans],
            "Completions": [sum(day.completions for day in each) for each in spans],
        },
        head="Week from (UTC)" if by_week else "Day (UTC)",
    )


async def _heat(
    services: Services, organization_id: str, course_id: str, period: Period
) -> Chart | None:
    """When people learn; None where there are too many statements to count in time."""
    organization = await organizations.get(services.content, organization_id)
    outline = await outlines.load(services.content, organization_id, course_id)
    zone = organization.time_zone
    try:
        counts = await learning.activity(
            services.aggregation, organization_id, outline, period, zone
        )
    except TooExpensive:
        return None
    hours = [f"{hour:02}" for hour in range(24)]
    title = f"When people learn ({zone})"
    return heat_map(title, WEEKDAYS, hours, counts, unit="statements", head="Weekday")


def _difficulty(quiz: Quiz, figures: QuizStatistics) -> Chart:
    names = {each.id: each.question for each in quiz.questions}
    items = [
        (f"{at}. {names.get(each.question_id, 'From the bank')}", each.facility_index)
        for at, each in enumerate(figures.questions, start=1)
    ]
    head = ("Question", "Earned")
    return bars("How much of each question is earned", items, unit="%", whole=100, head=head)


async def _risk_rows(
    services: Services, organization_id: str, found: Sequence[AtRisk]
) -> list[RiskRow]:
    wanted = {"_id": {"$in": [each.person_id for each in found]}}
    named = {
        each.id: each for each in await services.content.of(Person).all(organization_id, wanted)
    }
    return [_risk_row(each, named.get(each.person_id)) for each in found]


def _risk_row(found: AtRisk, person: Person | None) -> RiskRow:
    return RiskRow(
        enrollment_id=found.enrollment_id,
        name=person.name if person else "Somebody",
        email=person.email if person else "",
        progress=f"{number(found.progress)} %",
        last=_day(found.last_activity_at),
        due=_day(found.due_at),
        reasons=[each.words for each in found.reasons],
    )


def _day(moment: datetime | None) -> str:
    return day(moment) or "\N{EN DASH}"


def _percent(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{round(value)} %"
