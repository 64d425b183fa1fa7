"""The files that are kept: found, shown and deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import structs

from content.documents import Page, Paging
from content.errors import Conflict, NotFound
from content.files import contents
from content.files.file import FileFilter, StoredFile
from content.lessons.lessons import Lesson
from content.store import Store


async def get(store: Store, organization_id: str, file_id: str) -> StoredFile:
    """The file. Raises NotFound, also where its time is over."""
    file = await store.of(StoredFile).get(organization_id, file_id)
    if file.is_over:
        raise NotFound("file", file_id)
    return file


async def find(
    store: Store, organization_id: str, filters: FileFilter, paging: Paging
) -> Page[StoredFile]:
    """One page of the files that are kept for good. Raises RuleBroken for a wrong page or sort."""
    given = structs.asdict(filters)
    query: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    query["expires_at"] = None
    return await store.of(StoredFile).page(organization_id, query, paging)


async def present(store: Store, organization_id: str, file_ids: Sequence[str]) -> list[StoredFile]:
    """The files with these ids that are there, in the ids' order."""
    query = {"_id": {"$in": list(file_ids)}}
    found = {each.id: each async for each in store.of(StoredFile).each(organization_id, query)}
    return [found[each] for each in file_ids if each in found]


async def named(store: Store, organization_id: str, file_ids: Sequence[str]) -> list[StoredFile]:
    """The files with these ids, in their order. Raises NotFound for one that is not there."""
    found = await present(store, organization_id, file_ids)
    lost = set(file_ids) - {each.id for each in found}
    if lost:
        raise NotFound("file", next(each for each in file_ids if each in lost))
    return found


async def shown_in(
    store: Store, organization_id: str, content: Mapping[str, Any] | None
) -> StoredFile | None:
    """The file that a document's content shows; None where it shows none, or one that is gone."""
    file_id = (content or {}).get("file_id")
    found = await present(store, organization_id, [file_id]) if file_id else []
    return found[0] if found else None


async def delete(store: Store, organization_id: str, file_id: str) -> None:
    """Remove a file for good. Raises NotFound, Conflict (file_in_use)."""
    file = await get(store, organization_id, file_id)
    if file.decision_id is not None:
        raise Conflict("file_in_use", f"{file.filename} is evidence of compliance, and stays.")
    if file.submission_id is not None:
        raise Conflict("file_in_use", f"{file.filename} was handed in and stays with that work.")
    shown = {"content.file_id": file_id, "archived_at": None}
    lesson = await store.of(Lesson).first(organization_id, shown)
    if lesson is not None:
        raise Conflict("file_in_use", f"The lesson {lesson.title} consists of {file.filename}.")
    await remove(store, file)


async def remove(store: Store, file: StoredFile) -> None:
    """Remove a file whatever it belongs to: first what names it, then its bytes."""
    query = {"organization_id": file.organization_id, "_id": file.id}
    await contents.mark_kept(store, file.organization_id, file.id, kept=False)
    await store.of(StoredFile).collection.delete_one(query)
    await contents.discard(store, file.organization_id, file.id)
