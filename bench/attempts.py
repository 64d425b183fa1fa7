"""What the report benchmark reads: people in courses, each with an attempt on every lesson."""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import structs
from pymongo import AsyncMongoClient

from content import organizations
from content.courses import courses, modules
from content.courses.courses import Course, CourseDraft
from content.courses.modules import ModuleDraft
from content.documents import encode
from content.enrollment.enrollments import Enrollment
from content.identity import new_id, now
from content.lessons import lessons
from content.lessons.lessons import LessonDraft
from content.people import people
from content.people.people import Person, PersonDraft
from content.progress.fold import FOLD_VERSION, ActivityState, CourseState, Mark, Session, Witness
from content.progress.follower import CHANGE_STREAM, LEASE_ID, LOG_STREAM
from content.progress.progress import CourseProgress
from content.progress.rollup import Standing
from content.store import RESUME_TOKENS, Store

COURSES: Final = 20
LESSONS: Final = 10
DEPARTMENTS: Final = 40
BATCH: Final = 500
YEAR: Final = 365 * 86_400

Outline = tuple[Course, list[str]]


async def fill(uri: str, database: str, enrolled: int) -> int:
    """Write so many enrollments, two for each person; return how many attempts they have."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client[database])
        (organization,) = await organizations.every(store)
        outlines = [await _course(store, organization.id, number) for number in range(COURSES)]
        draft = PersonDraft(name="Ann Lee", email="ann@example.org")
        model = await people.create(store, organization.id, draft)
        chance, moment = random.Random(1), now()  # noqa: S311
        for first in range(0, enrolled // 2, BATCH):
            size = min(BATCH, enrolled // 2 - first)
            crowd = [_person(model, number) for number in range(first, first + size)]
            await store.of(Person).collection.insert_many(map(encode, crowd), ordered=False)
            begun = [
                _enrolled(person, outline, chance, moment)
                for person in crowd
                for outline in chance.sample(outlines, 2)
            ]
            places, states = zip(*begun, strict=True)
            await store.of(Enrollment).collection.insert_many(map(encode, places), ordered=False)
            await store.of(CourseProgress).collection.insert_many(map(encode, states))
        await _followed(store)
    return enrolled * LESSONS


async def _followed(store: Store) -> None:
    """Let the server take it as followed: no statements are behind it to compute it from."""
    async with await store.database.watch() as stream:
        reached = dict(stream.resume_token or {})
    tokens = {LOG_STREAM: reached, CHANGE_STREAM: reached}
    await store.database[RESUME_TOKENS].update_one({"_id": LEASE_ID}, {"$set": {"tokens": tokens}})


async def _course(store: Store, organization_id: str, number: int) -> Outline:
    draft = CourseDraft(title=f"Course {number:02}", status="published")
    course = await courses.create(store, organization_id, draft)
    module = await modules.create(store, organization_id, course.id, ModuleDraft(title="One"))
    made = [
        await lessons.create(
            store,
            organization_id,
            module.id,
            LessonDraft(title=f"Lesson {number:02}.{each}", content_type="xapi"),
        )
        for each in range(LESSONS)
    ]
    return await courses.get(store, organization_id, course.id), [each.id for each in made]


def _person(model: Person, number: int) -> Person:
    email = f"p{number}@example.org"
    return structs.replace(
        model,
        id=new_id("user"),
        name=f"Person {number:06}",
        email=email,
        agents=(f"mbox:mailto:{email}",),
        department=f"Department {number % DEPARTMENTS:02}",
    )


def _enrolled(
    person: Person, outline: Outline, chance: random.Random, moment: datetime
) -> tuple[Enrollment, CourseProgress]:
    course, lesson_ids = outline
    began = moment - timedelta(seconds=chance.randrange(YEAR))
    registration = str(uuid.UUID(int=chance.getrandbits(128)))
    enrollment = Enrollment(
        id=new_id("enrollment"),
        organization_id=person.organization_id,
        created_at=began,
        updated_at=began,
        person_id=person.id,
        course_id=course.id,
        registration=registration,
        enrolled_at=began,
    )
    attempts = {each: {registration: _attempt(began, chance)} for each in lesson_ids}
    progress = CourseProgress(
        id=enrollment.id,
        organization_id=person.organization_id,
        created_at=began,
        updated_at=began,
        person_id=person.id,
        course_id=course.id,
        outline_version=course.outline_version,
        fold_version=FOLD_VERSION,
        state=CourseState(attempts=attempts),
        standing=Standing(progress=chance.randrange(101), score=chance.randrange(101)),
    )
    return enrollment, progress


def _attempt(began: datetime, chance: random.Random) -> ActivityState:
    statement = str(uuid.UUID(int=chance.getrandbits(128)))
    witness = Witness(at=began, statement_id=statement)
    sessions = tuple(
        Session(at=began, statement_id=f"{statement}{each}", seconds=chance.randrange(60, 1800))
        for each in range(chance.randrange(1, 4))
    )
    return ActivityState(
        first=witness,
        last=witness,
        completed=witness if chance.random() < 0.8 else None,
        best=Mark(at=began, statement_id=statement, scaled=chance.randrange(101) / 100),
        sessions=sessions,
        days=(began.toordinal(),),
    )
