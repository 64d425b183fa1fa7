"""How a course goes: its funnel, scores, cohorts, who is at risk; all from one look at it."""

from datetime import datetime

from msgspec import Struct

from content.analytics import learners as found_learners
from content.analytics.activity import Grid, grid, pipeline
from content.analytics.at_risk import AtRisk, at_risk
from content.analytics.funnel import Funnel, funnel
from content.analytics.periods import Period
from content.analytics.scores import CohortFigures, Distribution, cohorts, distribution
from content.compliance import status
from content.compliance.entries import Entry
from content.compliance.requirements import Requirement
from content.compliance.terms import COURSE
from content.courses import outline as outlines
from content.courses.outline import Outline
from content.enrollment.cohorts import Cohort
from content.store import Store
from lrs.aggregation import Aggregation

UNDONE = (status.ASSIGNED, status.IN_PROGRESS, status.DUE_SOON, status.OVERDUE)


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
    duties = await _duties(store, organization_id, course_id, moment)
    lessons = [(each.id, each.title) for each in outline.lessons()]
    return Learning(
        funnel=funnel(learners, lessons, moment),
        scores=distribution(learners),
        cohorts=cohorts(learners, {each.id: each.name for each in groups}, moment),
        at_risk=tuple(at_risk(learners, ends, duties, dict(lessons), moment)),
    )


async def _duties(
    store: Store, organization_id: str, course_id: str, moment: datetime
) -> dict[str, datetime]:
    """By which day requirements ask people for the course, by the person's id."""
    target = {"$elemMatch": {"kind": COURSE, "id": course_id}}
    asked = {"terms.targets": target, "archived_at": None}
    wanted = [each.id for each in await store.of(Requirement).all(organization_id, asked)]
    if not wanted:
        return {}
    found = store.of(Entry).collection.find(
        {
            "organization_id": organization_id,
            "requirement_id": {"$in": wanted},
            "current": {"$in": UNDONE},
        },
        {"person_id": 1, "spans": 1},
    )
    days: dict[str, datetime] = {}
    async for each in found:
        now = [span for span in each["spans"] if span["since"] <= moment]
        due_at = now[-1].get("due_at") if now else None
        if due_at is not None:
            person_id = each["person_id"]
            days[person_id] = min(due_at, days.get(person_id, due_at))
    return days


async def activity(
    aggregation: Aggregation, organization_id: str, outline: Outline, period: Period, zone: str
) -> Grid:
    """When people did something in a course, by weekday and hour in a time zone.

    Raises TooExpensive.
    """
    activity_ids = [outline.activity_id, *outline.places]
    asked = pipeline(activity_ids, period.since, zone)
    return grid((await aggregation.run(organization_id, asked)).rows)
