"""The ways into a lesson's package: started, continued, anew, looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.launching import Mode
from content.courses.courses import Course
from content.errors import Conflict, LessonLocked
from content.lessons.lessons import Lesson
from content.progress import attempts
from content.progress.attempts import AttemptPolicy, AttemptStanding
from content.progress.progress import ProgressReport
from content.store import Store


@dataclass(frozen=True, slots=True)
class Action:
    """A way into a lesson: the fields of its form, the first and main one is not `plain`."""

    label: str
    mode: Mode = "normal"
    new_attempt: bool = False
    plain: bool = False


async def ways_in(store: Store, course: Course, report: ProgressReport) -> dict[str, list[Action]]:
    """What can be done with each lesson of the course that has a package."""
    query = {"course_id": course.id, "archived_at": None, "package_id": {"$ne": None}}
    found = await store.of(Lesson).all(course.organization_id, query)
    playable = {each.id for each in found}
    return {
        each.id: ways(each.policy, report.attempts_on(each))
        for each in report.outline.lessons()
        if each.id in playable
    }


def ways(policy: AttemptPolicy, standings: Sequence[AttemptStanding]) -> list[Action]:
    """How a lesson can be opened now, the likeliest way first."""
    review = Action("Review", mode="review", plain=True)
    try:
        begun = attempts.begins(policy, standings)
    except (LessonLocked, Conflict):
        return [review]
    last = standings[-1]
    if not last.live or not last.finished:
        return [Action("Continue" if last.live and last.started_at else "Start")]
    again = Action("New attempt", new_attempt=True, plain=True)
    return [again, review] if begun else [Action("Open again", plain=True), again, review]
