"""One organization with a course of two lessons in two modules, and one person enrolled."""

from typing import Any

from msgspec import Struct
from recorded_log import statement

from content import organizations
from content.courses import courses, modules
from content.courses.courses import Course, CourseDraft
from content.courses.modules import ModuleDraft
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment, EnrollmentDraft
from content.lessons import lessons
from content.lessons.lessons import Lesson, LessonDraft
from content.organizations import Organization, OrganizationDraft
from content.people import people
from content.people.people import Person, PersonDraft
from content.store import Store
from lrs.statement import StoredStatement

URL = "https://lms.example"


class ClassRoom(Struct, frozen=True, kw_only=True):
    organization: Organization
    course: Course
    first: Lesson
    second: Lesson
    person: Person
    enrollment: Enrollment

    @property
    def account(self) -> str:
        return self.person.agents[0]

    def says(self, verb: str, activity: str, **rest: Any) -> StoredStatement:
        """A launched statement: the person's account and the enrollment's registration."""
        defaults = {"actor": self.account, "registration": self.enrollment.registration}
        return statement(self.organization.id, verb=verb, activity=activity, **{**defaults, **rest})


async def open_class_room(store: Store, email: str = "Ann.Lee@example.org") -> ClassRoom:
    draft = OrganizationDraft(name="Harbour Clinic", public_url=URL)
    organization = await organizations.create(store, draft)
    course = await courses.create(store, organization.id, CourseDraft(title="Hand hygiene"))
    first = await add_lesson(store, course, "Why")
    second = await add_lesson(store, course, "How")
    person = await people.create(store, organization.id, PersonDraft(name="Ann Lee", email=email))
    enrollment = await enrollments.enroll(
        store, organization.id, EnrollmentDraft(person_id=person.id, course_id=course.id)
    )
    return ClassRoom(
        organization=organization,
        course=course,
        first=first,
        second=second,
        person=person,
        enrollment=enrollment,
    )


async def add_lesson(
    store: Store, course: Course, title: str, activity_id: str | None = None
) -> Lesson:
    module = await modules.create(
        store, course.organization_id, course.id, ModuleDraft(title=title)
    )
    draft = LessonDraft(title=title, content_type="scorm", activity_id=activity_id)
    return await lessons.create(store, course.organization_id, module.id, draft)
