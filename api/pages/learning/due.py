"""What a person is to do, the soonest first: trainings, work to hand in, enrollments that end."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.pages.desk import Desk
from api.pages.learning import peer_reviews
from api.pages.learning.lines import CourseCard
from api.pages.wording import Badge, badge
from api.rest import my
from content.assignments import Assignment
from content.assignments.submission import Submission
from content.compliance import requirements
from content.compliance.requirements import Requirement

SOON = timedelta(days=14)
MOST = 100
DONE = ("compliant", "not_assigned", "waived")
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do; `at` is by when, None for no date."""

    title: str
    about: str
    href: str
    at: datetime | None
    badge: Badge


async def due(desk: Desk, cards: Sequence[CourseCard]) -> list[Due]:
    """All that is to be done."""
    moment = datetime.now(UTC)
    running = [each for each in cards if each.badge.status not in ("completed", "expired")]
    found = [
        *await _trainings(desk, {each.id for each in cards}),
        *await _work(desk, running, moment),
        *await _reviews(desk),
        *_ending(running, moment),
    ]
    return sorted(found, key=lambda each: each.at or LAST_MOMENT)


async def _trainings(desk: Desk, enrolled: Collection[str]) -> list[Due]:
    asked = await desk.ask(my.my_records, query={"per_page": MOST})
    found = []
    for each in asked.items:
        record = each.attributes
        if record.status in DONE:
            continue
        sought = str(each.related["requirement"])
        requirement = await requirements.get(desk.store, desk.organization_id, sought)
        href = way(requirement, enrolled)
        shown = badge(record.status)
        found.append(Due(requirement.title, "Required training", href, record.due_at, shown))
    return found


async def _work(desk: Desk, running: Sequence[CourseCard], moment: datetime) -> list[Due]:
    """Assignments with a date that nothing was handed in for."""
    titles = {each.id: each.title for each in running}
    wanted = {"course_id": {"$in": list(titles)}, "archived_at": None, "due_date": {"$ne": None}}
    store, organization_id = desk.store, desk.organization_id
    found = await store.of(Assignment).all(organization_id, wanted)
    ids = {"assignment_id": {"$in": [each.id for each in found]}, "person_id": desk.person.id}
    handed_in = {
        each.assignment_id for each in await store.of(Submission).all(organization_id, ids)
    }
    return [
        Due(
            each.title,
            f"To hand in, {titles[each.course_id]}",
            f"/learn/{each.course_id}/{each.lesson_id}",
            each.due_date,
            badge(_nearness(each.due_date, moment)),
        )
        for each in found
        if each.id not in handed_in
    ]


async def _reviews(desk: Desk) -> list[Due]:
    """Work of others to be reviewed, as one."""
    count = await peer_reviews.waiting(desk)
    if not count:
        return []
    title = f"{count} {'review' if count == 1 else 'reviews'} to write"
    return [Due(title, "Work of others", "/my/peer-reviews", None, badge("open"))]


def way(requirement: Requirement, enrolled: Collection[str]) -> str:
    """Where a training is done."""
    known = requirement.course_id in enrolled
    return f"/learn/{requirement.course_id}" if known else f"/catalogue/{requirement.course_id}"


def _ending(running: Sequence[CourseCard], moment: datetime) -> Iterator[Due]:
    for each in running:
        if each.expires_at is not None and moment < each.expires_at <= moment + SOON:
            shown = badge("due_soon")
            yield Due(each.title, "Enrollment ends", f"/learn/{each.id}", each.expires_at, shown)


def _nearness(at: datetime | None, moment: datetime) -> str:
    if at is None or at > moment + SOON:
        return "assigned"
    return "overdue" if at < moment else "due_soon"
