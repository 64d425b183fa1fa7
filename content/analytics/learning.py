"""How a course goes: its funnel, scores, cohorts, who is at risk; all from one look at it."""

from datetime import datetime

from msgspec import Struct

from content.analytics import learners as found_learners
from content.analytics.activity import Grid, grid, pipeline
from content.analytics.at_risk import AtRisk, at_risk
from content.analytics.funnel import Funnel, funnel
from content.analytics.periods import Period
from content.analytics.scores import CohortFigures, Distribution, cohorts, distribution
from content.courses import outline as outlines
from content.courses.outline import Outline
from content.enrollment.cohorts import Cohort
from content.store import Store
from lrs.aggregation import Aggregation


class Learning(Struct, frozen=True, kw_only=True):
    """A course's figures at a moment."""

    funnel: Funnel
    scores: Distribution
    cohorts: tuple[CohortFigures, ...]
    at_risk: tuple[AtRisk, ...]


async def figures(store: Store, organization_id: str, course_id: str, moment: datetime) -> Learning:
    """The figures of a course at a moment. Raises NotFound."""
    outline = await outlines.load(store, organization_id, course_id)
    learners = await found_learners.of_course(store, organization_id, course_id)
    known = {"_id": {"$in": list({each.cohort_id for each in learners} - {None})}}
    groups = await store.of(Cohort).all(organization_id, known)
    ends = {each.id: each.ends_at for each in groups if each.ends_at is not None}
    lessons = [(each.id, each.title) for each in outline.lessons()]
    return Learning(
        funnel=funnel(learners, lessons, moment),
        scores=distribution(learners),
        cohorts=cohorts(learners, {each.id: each.name for each in groups}, moment),
        at_risk=tuple(at_risk(learners, ends, dict(lessons), moment)),
    )


async def activity(
    aggregation: Aggregation, organization_id: str, outline: Outline, period: Period, zone: str
) -> Grid:
    """When people did something in a course, by weekday and hour in a time zone.

    Raises TooExpensive.
    """
    activity_ids = [outline.activity_id, *outline.places]
    asked = pipeline(activity_ids, period.since, zone)
    return grid((await aggregation.run(organization_id, asked)).rows)
