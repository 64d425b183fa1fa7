"""Who may see a file that they were not given the right to see all of."""

from content.files.file import StoredFile
from content.participation import takes_part
from content.store import Store


async def may_read(store: Store, file: StoredFile, person_id: str) -> bool:
    """Say whether the file is the person's own, or belongs to a course that they are in now.

    What somebody handed in is seen by nobody else in this way.
    """
    if file.owner_id == person_id:
        return True
    if file.submission_id is not None or file.course_id is None:
        return False
    return await takes_part(store, file.organization_id, file.course_id, person_id)
