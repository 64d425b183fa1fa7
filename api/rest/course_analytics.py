"""/analytics/courses/{id}/…: how a course goes, lesson by lesson, and who may need help."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_within
from api.rest.problems import Finding, refuse
from api.rest.quiz_statistics import QuestionStatisticsView
from api.rest.route import RouteTable
from content import organizations
from content.analytics import learning
from content.analytics.at_risk import AtRisk
from content.analytics.periods import PERIODS, period_of
from content.courses import courses
from content.courses import outline as outlines
from content.identity import now
from content.quizzes import quizzes, statistics

table = RouteTable(limit="analytics")


class Shown(BaseModel):
    """Figures, as content computes them."""

    model_config = ConfigDict(from_attributes=True)


class LessonStepShown(Shown):
    """A lesson: who began, completed and stopped in it; minutes are of those who spent any."""

    lesson_id: str
    title: str
    began: int
    completed: int
    stopped: int
    drop_rate: float | None
    median_minutes: float | None
    mean_minutes: float | None


class FunnelShown(Shown):
    """How many are left, from enrolment to completion."""

    enrolled: int
    began: int
    lessons: list[LessonStepShown]
    completed: int


class DistributionShown(Shown):
    """Scores in percent; ten bins of ten percent each."""

    count: int
    mean: float | None
    median: float | None
    bins: list[int]


class CohortShown(Shown):
    """A cohort's figures; `cohort_id` null for those in none. Rates are in percent."""

    cohort_id: str | None
    name: str
    enrolled: int
    began_rate: float
    completion_rate: float
    active_rate: float
    mean_progress: float
    mean_score: float | None
    mean_days: float | None


class LearningAttributes(Attributes):
    """How a course goes: enrollments that are not cancelled, of which the latest 50,000."""

    type_name = "course_learning"
    relationship_types = {"course": "course"}

    funnel: FunnelShown
    scores: DistributionShown
    cohorts: list[CohortShown]


class ReasonShown(Shown):
    """Why somebody is at risk: overdue, behind, inactive, not_begun or failing; and in words."""

    code: str
    words: str


class AtRiskAttributes(Attributes):
    """Somebody who is likely not to complete the course in time; the id is the enrollment's."""

    type_name = "learner_at_risk"
    relationship_types = {"enrollment": "enrollment", "user": "user"}

    progress: float
    last_activity_at: datetime | None
    due_at: datetime | None
    reasons: list[ReasonShown]


class ActivityAttributes(Attributes):
    """Statements about the course and its lessons: for each weekday from Monday, 24 counts by the
    hour in the organization's time zone."""

    type_name = "course_activity"
    relationship_types = {"course": "course"}

    period: str
    time_zone: str
    total: int
    weekdays: list[list[int]]


class QuizFiguresShown(BaseModel):
    """A quiz of the course and its questions, of everybody's first attempts."""

    quiz_id: str
    title: str
    attempts: int
    mean_score: float | None
    reliability: float | None
    questions: list[QuestionStatisticsView]


class QuestionFiguresAttributes(Attributes):
    """How hard the questions of the course's quizzes are, and how well they tell learners apart."""

    type_name = "course_questions"
    relationship_types = {"course": "course"}

    quizzes: list[QuizFiguresShown]


class ActivityQuery(Query):
    """Which period: 7d, 30d, 90d, 1y, all."""

    period: str = Field("30d", examples=["90d"])


@table.route(
    "GET",
    "/analytics/courses/{course_id}/learning",
    permission=Permission.ANALYTICS_READ,
    errors=("course_not_found",),
)
async def course_learning(call: Call, course_id: str) -> Resource[LearningAttributes]:
    """Show a course's funnel, the distribution of scores, and its cohorts side by side."""
    found = await learning.figures(call.services.content, call.organization_id, course_id, now())
    attributes = LearningAttributes.model_validate(found)
    return Resource(course_id, attributes, {"course": course_id})


@table.route(
    "GET",
    "/analytics/courses/{course_id}/at-risk",
    permission=Permission.ANALYTICS_READ,
    errors=("course_not_found",),
)
async def learners_at_risk(
    call: Call, course_id: str, query: PageQuery
) -> ResourcePage[AtRiskAttributes]:
    """List who is likely not to complete a course in time, with the reasons in words."""
    found = await learning.figures(call.services.content, call.organization_id, course_id, now())
    return page_within(query, found.at_risk, _at_risk)


@table.route(
    "GET",
    "/analytics/courses/{course_id}/activity",
    permission=Permission.ANALYTICS_READ,
    errors=("course_not_found", "too_expensive"),
)
async def course_activity(
    call: Call, course_id: str, query: ActivityQuery
) -> Resource[ActivityAttributes]:
    """Show on which weekdays and at which hours people learn in a course."""
    if query.period not in PERIODS:
        found = Finding(f"must be one of {', '.join(PERIODS)}", "period", "parameter")
        raise refuse(400, "validation_error", "A query parameter is not right", [found])
    store, organization_id = call.services.content, call.organization_id
    organization = await organizations.get(store, organization_id)
    counts = await learning.activity(
        call.services.aggregation,
        organization_id,
        await outlines.load(store, organization_id, course_id),
        period_of(query.period, now()),
        organization.time_zone,
    )
    attributes = ActivityAttributes(
        period=query.period,
        time_zone=organization.time_zone,
        total=sum(map(sum, counts)),
        weekdays=[list(each) for each in counts],
    )
    return Resource(course_id, attributes, {"course": course_id})


@table.route(
    "GET",
    "/analytics/courses/{course_id}/questions",
    permission=Permission.ANALYTICS_READ,
    errors=("course_not_found",),
)
async def course_questions(call: Call, course_id: str) -> Resource[QuestionFiguresAttributes]:
    """Show how hard the questions of a course's quizzes are, and how well they discriminate."""
    store, organization_id = call.services.content, call.organization_id
    await courses.get(store, organization_id, course_id)
    shown = []
    for quiz in await quizzes.of_course(store, organization_id, course_id):
        found = await statistics.of_quiz(store, quiz)
        shown.append(
            QuizFiguresShown(
                quiz_id=quiz.id,
                title=quiz.title,
                attempts=found.attempts,
                mean_score=found.mean_score,
                reliability=found.reliability,
                questions=[QuestionStatisticsView.model_validate(e) for e in found.questions],
            )
        )
    attributes = QuestionFiguresAttributes(quizzes=shown)
    return Resource(course_id, attributes, {"course": course_id})


def _at_risk(found: AtRisk) -> Resource[AtRiskAttributes]:
    related = {"enrollment": found.enrollment_id, "user": found.person_id}
    return Resource(found.enrollment_id, AtRiskAttributes.model_validate(found), related)
