"""/grading: submissions and essay answers that wait for a person, the oldest first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.wording import ago, minute
from api.permissions import Permission
from content.courses.courses import Course
from content.grading import queue
from content.grading.queue import Waiting
from content.lessons.lessons import Lesson
from content.people import people
from content.store import Store

table = web.RouteTableDef()

KINDS = {"submission": "Submission", "attempt": "Essay answers"}
PLACES = {"submission": "submissions", "attempt": "answers"}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A line of the queue."""

    address: str
    what: str
    person: str
    lesson: str
    course: str
    since: str
    at: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What is graded before and after, by its address, and how much waits in all."""

    before: str
    after: str
    total: int


@table.get("/grading")
async def queue_page(request: web.Request) -> web.Response:
    """Show the queue of a course, or of all."""
    desk = await at_desk(request, Permission.SUBMISSIONS_GRADE)
    course_id = desk.asked("course") or None
    everything = await queue.waiting(desk.store, desk.organization_id)
    chosen = [each for each in everything if course_id in (None, each.course_id)]
    titles = await titles_of(desk, everything)
    counted = {each.course_id: titles.courses.get(each.course_id or "", "") for each in everything}
    return desk.show(
        "instructing/queue.html",
        rows=await rows(desk, chosen),
        courses=sorted(
            ((each, title) for each, title in counted.items() if each and title),
            key=lambda each: each[1].casefold(),
        ),
        chosen=course_id or "",
        most=queue.MOST,
    )


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of courses and lessons, by id."""

    courses: Mapping[str, str]
    lessons: Mapping[str, str]


async def titles_of(desk: Desk, found: Sequence[Waiting]) -> Titles:
    """What the courses and lessons of a queue are called."""
    store, organization_id = desk.store, desk.organization_id
    courses = {each.course_id for each in found if each.course_id}
    lessons = {each.lesson_id for each in found if each.lesson_id}
    return Titles(
        await _titles(store, organization_id, Course, courses),
        await _titles(store, organization_id, Lesson, lessons),
    )


async def rows(desk: Desk, found: Sequence[Waiting]) -> list[WaitingRow]:
    """The lines of a queue."""
    names = await people.names(desk.store, desk.organization_id, {each.person_id for each in found})
    titles, now = await titles_of(desk, found), datetime.now(UTC)
    return [
        WaitingRow(
            address=address_of(each, desk.asked("course")),
            what=KINDS[each.kind],
            person=names.get(each.person_id, "Somebody who is gone"),
            lesson=titles.lessons.get(each.lesson_id or "", "A quiz"),
            course=titles.courses.get(each.course_id or "", ""),
            since=ago(each.submitted_at, now),
            at=minute(each.submitted_at),
        )
        for each in found
    ]


async def neighbours(desk: Desk, own: str) -> Neighbours:
    """What lies before and after a piece of work in the queue that it was opened from."""
    course_id = desk.asked("course") or None
    found = await queue.waiting(desk.store, desk.organization_id, course_id)
    ids = [each.id for each in found]
    place = ids.index(own) if own in ids else -1
    before = found[place - 1] if place > 0 else None
    after = found[place + 1] if place + 1 < len(found) else None
    filtered = course_id or ""
    return Neighbours(
        before=address_of(before, filtered) if before else "",
        after=address_of(after, filtered) if after else "",
        total=len(found),
    )


def address_of(waiting: Waiting, course_id: str) -> str:
    """Where a piece of work is graded."""
    filtered = f"?course={course_id}" if course_id else ""
    return f"/grading/{PLACES[waiting.kind]}/{waiting.id}{filtered}"


async def onward(desk: Desk, done: str, told: str) -> web.Response:
    """On to what waits next, or back to the queue where nothing does."""
    course_id = desk.asked("course")
    found = await queue.waiting(desk.store, desk.organization_id, course_id or None)
    left = [each for each in found if each.id != done]
    if left:
        return desk.go(address_of(left[0], course_id), f"{told} This is the next.")
    return desk.go(f"/grading{'?course=' + course_id if course_id else ''}", told)


async def _titles(
    store: Store, organization_id: str, kind: type[Course] | type[Lesson], ids: Collection[str]
) -> dict[str, str]:
    query = {"organization_id": organization_id, "_id": {"$in": list(ids)}}
    cursor = store.of(kind).collection.find(query, {"title": 1})
    return {each["_id"]: each["title"] async for each in cursor}
