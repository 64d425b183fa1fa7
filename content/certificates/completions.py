"""What a certificate is for: a person's completion of a course or of a learning path."""

from datetime import datetime

from msgspec import Struct

from content.courses import courses
from content.courses.courses import Course
from content.enrollment.enrollments import Enrollment
from content.errors import NotFound
from content.paths import enrollments as path_enrollments
from content.paths import paths
from content.paths.paths import LearningPath
from content.paths.standing import is_met
from content.people import people
from content.people.people import Person
from content.progress import progress
from content.store import Store


class Completion(Struct, frozen=True, kw_only=True):
    """Who completed what. `basis` tells this completion from others of the same; `completed_at`
    None: it is not completed.
    """

    person: Person
    course: Course | None = None
    path: LearningPath | None = None
    basis: str
    enrollment_id: str | None = None
    completed_at: datetime | None = None
    score: float | None = None

    @property
    def title(self) -> str:
        """What the course or path is called."""
        return self.course.title if self.course else self.path.title if self.path else ""

    @property
    def template_id(self) -> str | None:
        """The template that the course or path asks for."""
        if self.course is not None:
            return self.course.settings.certificate_template_id
        return self.path.certificate_id if self.path else None


async def of_course(
    store: Store, organization_id: str, person_id: str, course_id: str
) -> Completion:
    """The person's latest completion of a course. Raises NotFound."""
    person = await people.get(store, organization_id, person_id)
    course = await courses.get(store, organization_id, course_id)
    query = {"person_id": person_id, "course_id": course_id}
    held = await store.of(Enrollment).all(organization_id, query)
    standings = await progress.standings(store, organization_id, [each.id for each in held])
    met = [
        (standing.completed_at, each.id, standing.score)
        for each in held
        if (standing := standings.get(each.id)) and is_met(standing)
    ]
    if not met:
        return Completion(person=person, course=course, basis=f"{person_id}/{course_id}")
    completed_at, enrollment_id, score = max(met, key=lambda each: (str(each[0]), each[1]))
    return Completion(
        person=person,
        course=course,
        basis=enrollment_id,
        enrollment_id=enrollment_id,
        completed_at=completed_at,
        score=score,
    )


async def of_path(store: Store, organization_id: str, person_id: str, path_id: str) -> Completion:
    """The person's completion of a learning path. Raises NotFound."""
    person = await people.get(store, organization_id, person_id)
    path = await paths.get(store, organization_id, path_id)
    try:
        held = await path_enrollments.get(store, organization_id, path_id, person_id)
    except NotFound:
        return Completion(person=person, path=path, basis=f"{person_id}/{path_id}")
    standing = await path_enrollments.standing_of(store, path, person_id)
    return Completion(person=person, path=path, basis=held.id, completed_at=standing.completed_at)
