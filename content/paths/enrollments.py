"""People on paths: enrolled in each course of the path as it becomes available to them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct, convert

from content import findings
from content.documents import Document, Page, Paging
from content.enrollment import bulk_enrollment
from content.enrollment.admission import ALREADY_ENROLLED, ENROLLED
from content.enrollment.bulk_enrollment import USER_NOT_FOUND, BulkDraft, Outcome
from content.errors import Conflict, NotFound, Refused, RuleBroken
from content.identity import milliseconds, new_id, now
from content.paths import graph, paths
from content.paths.paths import LearningPath
from content.paths.standing import PathStanding, counted, is_met, path_standing
from content.people import people
from content.progress.rollup import Standing
from content.store import COLLECTIONS, Store
from content.telling.events import Event

Standings = Mapping[str, Mapping[str, Standing]]


class PathEnrollment(Document, frozen=True, kw_only=True):
    """A person on a path; how far they are is told by their courses alone."""

    kind: ClassVar[str] = "path_enrollment"
    sortable: ClassVar[tuple[str, ...]] = ("enrolled_at",)

    person_id: str
    path_id: str
    enrolled_at: datetime
    expires_at: datetime | None = None
    cancelled_at: datetime | None = None
    cohort_id: str | None = None


class PathEnrollmentDraft(Struct, frozen=True, kw_only=True):
    """Who is to be on the path; `expires_at` holds for its courses."""

    person_ids: tuple[str, ...]
    expires_at: datetime | None = None
    cohort_id: str | None = None
    by_oneself: bool = False
    notify: bool = False


class PathOutcome(Struct, frozen=True, kw_only=True):
    """What came of one person: enrolled, already_enrolled or user_not_found; and what came of the
    courses that are available to them, by course.
    """

    person_id: str
    outcome: str
    courses: Mapping[str, str]


async def enroll(
    store: Store, organization_id: str, path_id: str, draft: PathEnrollmentDraft
) -> list[PathOutcome]:
    """Put people on a path and into the courses that are available to them.

    Raises NotFound, RuleBroken, Refused (self_enrollment_disabled).
    """
    if broken := findings.moment("expires_at", draft.expires_at):
        raise RuleBroken(broken)
    path = await paths.get(store, organization_id, path_id)
    if draft.by_oneself and not path.self_enrollment:
        detail = f"{path.title} takes in whom its instructors enrol."
        raise Refused("self_enrollment_disabled", detail)
    everybody = list(dict.fromkeys(draft.person_ids))
    known = await people.known(store, organization_id, everybody)
    wanted = [_made(organization_id, path_id, draft, each) for each in everybody if each in known]
    held = await store.of(PathEnrollment).insert_new(wanted)
    courses = await advance(store, path, [each.person_id for each in wanted], notify=draft.notify)
    outcomes = dict.fromkeys(known, ENROLLED) | {each.person_id: ALREADY_ENROLLED for each in held}
    return [
        PathOutcome(
            person_id=each,
            outcome=outcomes.get(each, USER_NOT_FOUND),
            courses=courses.get(each, {}),
        )
        for each in everybody
    ]


async def advance(
    store: Store, path: LearningPath, person_ids: Sequence[str], *, notify: bool = False
) -> Mapping[str, Mapping[str, str]]:
    """Enrol people of the path in what is available to them; by person, what came of each course.

    What keeps somebody out of one course does not keep them out of another.
    """
    standings = await standings_of(store, path, person_ids)
    held = await _held(store, path, person_ids)
    wanted: dict[str, list[PathEnrollment]] = defaultdict(list)
    for person_id in held:
        own = standings.get(person_id, {})
        met = {each for each, standing in own.items() if is_met(standing)}
        for course_id in graph.available(path.courses, met):
            wanted[course_id].append(held[person_id])
    came: dict[str, dict[str, str]] = defaultdict(dict)
    for course_id, enrollments in wanted.items():
        for outcome in await _into(store, path, course_id, enrollments, notify=notify):
            came[outcome.person_id][course_id] = outcome.outcome
    return came


async def advance_everybody(store: Store, path: LearningPath) -> None:
    """As `advance`, for all who are on the path, as when its courses have changed."""
    query = {"organization_id": path.organization_id, "path_id": path.id, "cancelled_at": None}
    found = store.of(PathEnrollment).collection.find(query, {"person_id": 1})
    everybody = [each["person_id"] async for each in found]
    for start in range(0, len(everybody), bulk_enrollment.PORTION):
        await advance(store, path, everybody[start : start + bulk_enrollment.PORTION])


async def react(store: Store, event: Event) -> None:
    """Open what a completed course was in the way of; harmless when done again."""
    if event.type == "enrollment.completed":
        for path, held in await concerned(store, event):
            await advance(store, path, [held.person_id])


async def concerned(store: Store, event: Event) -> list[tuple[LearningPath, PathEnrollment]]:
    """The paths with the event's course that its person is on."""
    organization_id, person_id = event.organization_id, event.data["user_id"]
    mine = await of_person(store, organization_id, person_id)
    by_path = {each.path_id: each for each in mine}
    query = {
        "_id": {"$in": list(by_path)},
        "courses.course_id": event.data["course_id"],
        "archived_at": None,
    }
    found = await store.of(LearningPath).all(organization_id, query)
    return [(path, by_path[path.id]) for path in found]


async def get(store: Store, organization_id: str, path_id: str, person_id: str) -> PathEnrollment:
    """The person's open enrollment in the path. Raises NotFound."""
    query = {"person_id": person_id, "path_id": path_id, "cancelled_at": None}
    found = await store.of(PathEnrollment).first(organization_id, query)
    if found is None:
        raise NotFound("path_enrollment", f"of {person_id} in {path_id}")
    return found


async def of_person(store: Store, organization_id: str, person_id: str) -> list[PathEnrollment]:
    """The open enrollments of a person in paths."""
    held = {"person_id": person_id, "cancelled_at": None}
    return await store.of(PathEnrollment).all(organization_id, held)


async def find(
    store: Store, organization_id: str, path_id: str, paging: Paging
) -> Page[PathEnrollment]:
    """One page of the people on a path. Raises NotFound, RuleBroken for a wrong page or sort."""
    await paths.get(store, organization_id, path_id)
    query = {"path_id": path_id, "cancelled_at": None}
    return await store.of(PathEnrollment).page(organization_id, query, paging)


async def leave(store: Store, organization_id: str, path_id: str, person_id: str) -> None:
    """Take a person off a path; they stay in its courses. Raises NotFound."""
    held = await get(store, organization_id, path_id, person_id)
    fields = {"cancelled_at": now()}
    await store.of(PathEnrollment).change(organization_id, held.id, fields)


async def standing_of(store: Store, path: LearningPath, person_id: str) -> PathStanding:
    """How far a person is on a path."""
    standings = await standings_of(store, path, [person_id])
    ids = [each.course_id for each in path.courses]
    minutes = await paths.minutes(store, path.organization_id, ids)
    return path_standing(path.courses, standings.get(person_id, {}), minutes)


async def standings_of(store: Store, path: LearningPath, person_ids: Collection[str]) -> Standings:
    """How far people are in the path's courses, by person and course."""
    query = {
        "organization_id": path.organization_id,
        "course_id": {"$in": [each.course_id for each in path.courses]},
        "person_id": {"$in": list(person_ids)},
    }
    fields = {"person_id": 1, "course_id": 1, "standing": 1}
    found = store.database[COLLECTIONS["progress"]].find(query, fields)
    several: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    async for each in found:
        several[each["person_id"], each["course_id"]].append(convert(each["standing"], Standing))
    standings: dict[str, dict[str, Standing]] = defaultdict(dict)
    for (person_id, course_id), own in several.items():
        standings[person_id][course_id] = counted(own)
    return standings


def _made(
    organization_id: str, path_id: str, draft: PathEnrollmentDraft, person_id: str
) -> PathEnrollment:
    moment = now()
    return PathEnrollment(
        id=new_id("path_enrollment"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=person_id,
        path_id=path_id,
        enrolled_at=moment,
        expires_at=milliseconds(draft.expires_at) if draft.expires_at else None,
        cohort_id=draft.cohort_id,
    )


async def _held(
    store: Store, path: LearningPath, person_ids: Collection[str]
) -> dict[str, PathEnrollment]:
    query: dict[str, Any] = {"path_id": path.id, "cancelled_at": None}
    query["person_id"] = {"$in": list(person_ids)}
    held = await store.of(PathEnrollment).all(path.organization_id, query)
    return {each.person_id: each for each in held}


async def _into(
    store: Store,
    path: LearningPath,
    course_id: str,
    held: Sequence[PathEnrollment],
    *,
    notify: bool,
) -> list[Outcome]:
    """Enrol people of a path in one course, those of one expiry and cohort together."""
    alike: dict[tuple[datetime | None, str | None], list[str]] = defaultdict(list)
    for each in held:
        alike[each.expires_at, each.cohort_id].append(each.person_id)
    outcomes: list[Outcome] = []
    for (expires_at, cohort_id), person_ids in alike.items():
        draft = BulkDraft(
            course_id=course_id,
            person_ids=tuple(person_ids),
            expires_at=expires_at,
            cohort_id=cohort_id,
            notify=notify,
        )
        try:
            portions = bulk_enrollment.enroll_many(store, path.organization_id, draft)
            outcomes += [each async for portion in portions for each in portion]
        except (Conflict, NotFound) as closed:
            outcomes += [Outcome(person_id=each, outcome=closed.code) for each in person_ids]
    return outcomes
