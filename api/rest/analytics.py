"""/analytics: figures of courses and people, and leaderboards."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.analytics import course as course_figures
from content.analytics import leaderboard as boards
from content.analytics import person as person_figures
from content.analytics.leaderboard import Asked
from content.analytics.periods import PERIODS, period_of
from content.courses import courses, reviews
from content.identity import now
from content.people import people

table = RouteTable(limit="analytics")

METRICS = ("enrollments", "completions", "engagement", "ratings")


class Shown(BaseModel):
    """Figures, as content computes them."""

    model_config = ConfigDict(from_attributes=True)


class EnrollmentFigures(Shown):
    """`new` in the period; `trend` is the change in percent to the period before."""

    total: int
    new: int
    trend: float | None


class CompletionFigures(Shown):
    """`rate` is in percent of all enrollments; `new` completed in the period."""

    total: int
    new: int
    rate: float
    average_days_to_complete: float | None


class DropOffShown(Shown):
    """Where people stopped, in percent of those who began the lesson."""

    lesson_id: str
    title: str
    drop_rate: float


class EngagementFigures(Shown):
    """What was done in the period."""

    active_learners: int
    average_time_per_session_minutes: float | None
    lessons_completed_per_day: float
    drop_off_lessons: list[DropOffShown]


class RatingFigures(BaseModel):
    """What people think of the course, in all."""

    average: float | None
    count: int
    distribution: dict[str, int]


class CourseMetrics(BaseModel):
    """The metrics that were asked for; the others are null."""

    enrollments: EnrollmentFigures | None = None
    completions: CompletionFigures | None = None
    engagement: EngagementFigures | None = None
    ratings: RatingFigures | None = None


class DayShown(Shown):
    """One day's enrollments and completions."""

    date: date
    enrollments: int
    completions: int


class CourseAnalyticsAttributes(Attributes):
    """A course's figures. The days are those of UTC."""

    type_name = "course_analytics"
    relationship_types = {"course": "course"}

    course_id: str
    period: str
    metrics: CourseMetrics
    timeline: list[DayShown]


class SummaryShown(Shown):
    """All that the person has done."""

    courses_enrolled: int
    courses_completed: int
    total_time_hours: float
    certificates_earned: int
    average_score: float | None
    current_streak_days: int
    longest_streak_days: int


class ActiveDayShown(Shown):
    """A day with activity."""

    date: date
    time_minutes: int
    lessons_completed: int


class RecommendationShown(Shown):
    """A course that the person is not in."""

    course_id: str
    reason: str


class UserAnalyticsAttributes(Attributes):
    """A person's figures; the activity is that of 30 days."""

    type_name = "user_analytics"
    relationship_types = {"user": "user"}

    user_id: str
    summary: SummaryShown
    learning_activity: list[ActiveDayShown]
    strengths: list[str]
    recommendations: list[RecommendationShown]


class PlaceShown(BaseModel):
    """One person's rank; equal values share one."""

    rank: int
    user_id: str
    name: str
    value: float


class LeaderboardAttributes(Attributes):
    """The first people. The value is in percent (progress, score), minutes (time) or days."""

    type_name = "leaderboard"

    scope: str
    scope_id: str | None
    metric: str
    period: str
    entries: list[PlaceShown]


class CourseAnalyticsQuery(Query):
    """Which period (7d, 30d, 90d, 1y, all), and which metrics, separated by commas."""

    period: str = Field("30d", examples=["30d"])
    metrics: str = Field(",".join(METRICS), examples=["enrollments,completions"])


class LeaderboardQuery(Query):
    """Which leaderboard."""

    scope: str = Field("global", examples=["course"])
    course_id: str | None = Field(None, max_length=100)
    path_id: str | None = Field(None, max_length=100)
    metric: str = Field("progress", examples=["score"])
    period: str = Field("all", examples=["month"])
    limit: int = Field(10, ge=1, le=boards.MOST)


@table.route(
    "GET",
    "/analytics/courses/{course_id}",
    permission=Permission.ANALYTICS_READ,
    errors=("course_not_found",),
)
async def course_analytics(
    call: Call, course_id: str, query: CourseAnalyticsQuery
) -> Resource[CourseAnalyticsAttributes]:
    """Show who came to a course, who completed it, what they do there and think of it."""
    wanted = _wanted(query)
    store, organization_id = call.services.content, call.organization_id
    await courses.get(store, organization_id, course_id)
    where, period = (store, organization_id, course_id), period_of(query.period, now())
    metrics = CourseMetrics()
    if "enrollments" in wanted:
        metrics.enrollments = EnrollmentFigures.model_validate(
            await course_figures.enrollments(*where, period)
        )
    if "completions" in wanted:
        metrics.completions = CompletionFigures.model_validate(
            await course_figures.completions(*where, period)
        )
    if "engagement" in wanted:
        metrics.engagement = EngagementFigures.model_validate(
            await course_figures.engagement(*where, period)
        )
    if "ratings" in wanted:
        metrics.ratings = _ratings(await reviews.ratings(*where))
    attributes = CourseAnalyticsAttributes(
        course_id=course_id,
        period=query.period,
        metrics=metrics,
        timeline=[
            DayShown.model_validate(each) for each in await course_figures.timeline(*where, period)
        ],
    )
    return Resource(course_id, attributes, {"course": course_id})


@table.route(
    "GET",
    "/analytics/users/{user_id}",
    permission=Permission.ANALYTICS_READ_OWN,
    errors=("user_not_found",),
)
async def user_analytics(call: Call, user_id: str) -> Resource[UserAnalyticsAttributes]:
    """Show what a person has learnt, how regularly, how well, and what could come next."""
    call.own_or(Permission.ANALYTICS_READ, user_id)
    store, organization_id = call.services.content, call.organization_id
    await people.get(store, organization_id, user_id)
    figures = await person_figures.figures(store, organization_id, user_id)
    attributes = UserAnalyticsAttributes(
        user_id=user_id,
        summary=SummaryShown.model_validate(figures.summary),
        learning_activity=[ActiveDayShown.model_validate(e) for e in figures.learning_activity],
        strengths=list(figures.strengths),
        recommendations=[RecommendationShown.model_validate(e) for e in figures.recommendations],
    )
    return Resource(user_id, attributes, {"user": user_id})


@table.route(
    "GET",
    "/analytics/leaderboard",
    permission=Permission.ANALYTICS_READ_OWN,
    errors=("course_not_found",),
)
async def leaderboard(call: Call, query: LeaderboardQuery) -> Resource[LeaderboardAttributes]:
    """Show who is ahead in a course, in a learning path or in all."""
    if query.course_id is not None:
        await visible_course(call, query.course_id)
    asked = Asked(
        scope=query.scope,
        scope_id=query.path_id if query.scope == "path" else query.course_id,
        metric=query.metric,
        period=query.period,
        limit=query.limit,
    )
    places = await boards.leaderboard(call.services.content, call.organization_id, asked)
    attributes = LeaderboardAttributes(
        scope=asked.scope,
        scope_id=asked.scope_id,
        metric=asked.metric,
        period=asked.period,
        entries=[
            PlaceShown(rank=each.rank, user_id=each.person_id, name=each.name, value=each.value)
            for each in places
        ],
    )
    return Resource(asked.scope_id or asked.scope, attributes)


def _wanted(query: CourseAnalyticsQuery) -> set[str]:
    wanted = {each.strip() for each in query.metrics.split(",") if each.strip()}
    found = []
    if query.period not in PERIODS:
        found.append(Finding(f"must be one of {', '.join(PERIODS)}", "period", "parameter"))
    if wanted - set(METRICS):
        found.append(Finding(f"can name {', '.join(METRICS)}", "metrics", "parameter"))
    if found:
        raise refuse(400, "validation_error", "A query parameter is not right", found)
    return wanted


def _ratings(found: reviews.Ratings) -> RatingFigures:
    return RatingFigures(average=found.average, count=found.count, distribution=found.distribution)
