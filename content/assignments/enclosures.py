"""The files of a submission: its author's own, no longer to be deleted once they are handed in."""

from collections.abc import Sequence
from datetime import datetime

from content import files, organizations
from content.assignments.assignment import Assignment
from content.assignments.submission import Submission
from content.errors import Conflict, RuleBroken
from content.files import FileLimits, Home, Received, StoredFile, library
from content.files.kinds import KINDS
from content.findings import Finding
from content.identity import now
from content.people.people import Person
from content.store import Store

MEGABYTE = 2**20
UNATTACHED = {"submission_id": None, "course_id": None, "decision_id": None}


def limits(assignment: Assignment, largest: int) -> FileLimits:
    """What files an assignment takes; `largest` is the server's own limit in bytes."""
    megabytes = assignment.max_file_size_mb
    size = largest if megabytes is None else min(largest, int(megabytes * MEGABYTE))
    return FileLimits(size=size, extensions=assignment.allowed_file_types or KINDS.keys())


async def own_files(
    store: Store, person_id: str, assignment: Assignment, file_ids: Sequence[str]
) -> list[StoredFile]:
    """The files that were uploaded before. Raises RuleBroken for those that cannot be taken."""
    query = {"_id": {"$in": list(file_ids)}, "owner_id": person_id, **UNATTACHED}
    documents = store.of(StoredFile)
    found = {each.id: each async for each in documents.each(assignment.organization_id, query)}
    taken = limits(assignment, 2**62)
    wrong: list[Finding] = []
    for position, file_id in enumerate(file_ids):
        if detail := _fault(found.get(file_id), taken, file_id in file_ids[:position]):
            wrong.append(Finding(where=f"file_ids/{position}", detail=detail))
    if wrong:
        raise RuleBroken(wrong)
    return [found[each] for each in file_ids]


async def enclose(
    store: Store,
    person: Person,
    submission_id: str,
    received: Sequence[Received],
    own: Sequence[StoredFile],
) -> list[StoredFile]:
    """Make files a submission's, received ones first."""
    home, organization_id = Home(submission_id=submission_id), person.organization_id
    kept = [
        await files.keep(store, organization_id, each, person.id, home, settled=False)
        for each in received
    ]
    taken = {"submission_id": submission_id, "settled": False, "updated_at": now()}
    for each in own:
        query = {"organization_id": organization_id, "_id": each.id, **UNATTACHED}
        moved = await store.of(StoredFile).collection.update_one(query, {"$set": taken})
        if not moved.matched_count:
            raise Conflict("file_in_use", f"{each.filename} was just handed in elsewhere.")
    return [*kept, *own]


async def settle(store: Store, organization_id: str, submission_id: str) -> None:
    """Note that the submission of these files is there."""
    await store.of(StoredFile).collection.update_many(
        {"organization_id": organization_id, "submission_id": submission_id},
        {"$set": {"settled": True}},
    )


async def take_back(store: Store, organization_id: str, submission_id: str) -> None:
    """Undo `enclose`, where the submission came to nothing."""
    query = {"submission_id": submission_id}
    async for each in store.of(StoredFile).each(organization_id, query):
        if each.created_at == each.updated_at:
            await library.remove(store, each)
            continue
        released = {"submission_id": None, "settled": True}
        await store.of(StoredFile).change(organization_id, each.id, released)


async def sweep(store: Store, before: datetime) -> int:
    """Take back the files of submissions that a crash kept from coming to be; return how many."""
    swept = 0
    for organization in await organizations.every(store):
        query = {"settled": False, "updated_at": {"$lt": before}}
        async for each in store.of(StoredFile).each(organization.id, query):
            submission_id = each.submission_id or ""
            if await store.of(Submission).first(organization.id, {"_id": submission_id}):
                await settle(store, organization.id, submission_id)
            else:
                await take_back(store, organization.id, submission_id)
                swept += 1
    return swept


def _fault(file: StoredFile | None, taken: FileLimits, doubled: bool) -> str | None:
    if file is None:
        return "must be a file of the learner's own that was not handed in before"
    if doubled:
        return "must be given once"
    if not any(file.filename.lower().endswith(each) for each in taken.extensions):
        return f"must be one of {', '.join(sorted(taken.extensions))}"
    return f"must have at most {taken.size} bytes" if file.size > taken.size else None
