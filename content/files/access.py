"""Who may see a file that they were not given the right to see all of."""

from content.enrollment.participation import takes_part
from content.files.file import StoredFile
from content.lessons.lessons import Lesson
from content.store import Store


async def may_read(store: Store, file: StoredFile, person_id: str) -> bool:
    """Say whether the file is the person's own, or belongs to a course that they are in now.

    What somebody handed in is seen by nobody else in this way, and a lesson's file by the
    lesson's own rules.
    """
    if file.owner_id == person_id:
        return True
    if file.submission_id is not None or file.lesson_id is not None or file.course_id is None:
        return False
    return await takes_part(store, file.organization_id, file.course_id, person_id)


async def lessons_with(store: Store, file: StoredFile) -> list[Lesson]:
    """The lessons that the file was uploaded for, or that consist of it."""
    shown = {"content.file_id": file.id, "archived_at": None}
    found = await store.of(Lesson).all(file.organization_id, shown)
    if file.lesson_id is not None and all(each.id != file.lesson_id for each in found):
        own = await store.of(Lesson).first(file.organization_id, {"_id": file.lesson_id})
        found += [own] if own else []
    return found
