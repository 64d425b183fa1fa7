"""The demo: a course around a small SCORM package of our own, three learners, a requirement."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from api.services import Services
from api.store import now
from content import demo, packages
from content.compliance import requirements
from content.compliance.audiences import Audience
from content.compliance.requirements import RequirementDraft
from content.compliance.terms import Due, Target
from content.courses import courses, modules
from content.courses.courses import Course, CourseDraft
from content.courses.modules import ModuleDraft
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentDraft
from content.lessons import lessons
from content.lessons.lessons import LessonDraft
from content.packages import PackageDraft
from content.people import people
from content.people.people import Person, PersonDraft

DEMO_EMAILS = {
    "Ada Lovelace": "ada@example.org",
    "Grace Hopper": "grace@example.org",
    "Katherine Johnson": "katherine@example.org",
}
DUE_IN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Demo:
    """What was loaded: the learners share a password, which is shown only now."""

    course_title: str
    emails: tuple[str, ...]
    password: str


async def load_demo(services: Services) -> Demo | None:
    """Load the demo; None when the database has it already."""
    if await services.store.demo_loaded():
        return None
    organization_id = services.sessions.organization_id
    password = secrets.token_urlsafe(9)
    course = await _course(services, organization_id)
    learners = [
        await _learner(services, organization_id, name, email, password)
        for name, email in DEMO_EMAILS.items()
    ]
    for learner in learners:
        draft = EnrollmentDraft(person_id=learner.id, course_id=course.id)
        await enrollments.enroll(services.content, organization_id, draft)
    await _requirement(services, organization_id, course, learners)
    await services.store.mark_demo_loaded()
    return Demo(course.title, tuple(DEMO_EMAILS.values()), password)


async def _course(services: Services, organization_id: str) -> Course:
    store = services.content
    draft = CourseDraft(
        title="Fire safety",
        description="What to do when it burns, and three questions about it.",
        status="published",
    )
    course = await courses.create(store, organization_id, draft)
    chapter = ModuleDraft(title="Five minutes")
    module = await modules.create(store, organization_id, course.id, chapter)
    package = await packages.create(
        store,
        organization_id,
        PackageDraft(filename=demo.FILENAME),
        _whole(demo.fire_safety()),
        folder=services.settings.data / "uploads",
        limits=services.package_limits,
    )
    lesson = LessonDraft(title=package.title, content_type="scorm", package_id=package.id)
    await lessons.create(store, organization_id, module.id, lesson)
    return course


async def _learner(
    services: Services, organization_id: str, name: str, email: str, password: str
) -> Person:
    person = await people.by_email(services.content, organization_id, email)
    if person is None:
        draft = PersonDraft(name=name, email=email, roles=("learner",))
        person = await people.create(services.content, organization_id, draft)
    await services.sessions.set_password(person, password)
    return person


async def _requirement(
    services: Services, organization_id: str, course: Course, learners: list[Person]
) -> None:
    audience = Audience(kind="people", person_ids=tuple(person.id for person in learners))
    draft = RequirementDraft(
        title="Fire safety, once a year",
        description="Everybody must know what to do when it burns.",
        targets=(Target(kind="course", id=course.id),),
        audience=audience,
        due=Due(at=now() + DUE_IN),
    )
    await requirements.create(services.content, organization_id, draft)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
