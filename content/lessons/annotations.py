"""Annotations: what a learner keeps for themselves at a place in a lesson; nobody else sees it.

A note has words of its own, a bookmark a label. A `position` is in the lesson's own measure:
seconds of a video, pages of a document, percent of a text.
"""

import math
from typing import Any, ClassVar, TypeVar

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.documents import Document, Page, Paging, given
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lessons.lessons import Lesson
from content.store import Store

LONGEST_QUOTE = 10_000


class Annotation(Document, frozen=True, kw_only=True):
    """Something of one person's about a lesson."""

    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "position")

    course_id: str
    lesson_id: str
    person_id: str
    position: float | None = None


class Note(Annotation, frozen=True, kw_only=True):
    """A note in plain text, about a quotation where it has one."""

    kind: ClassVar[str] = "note"

    content: str
    quote: str = ""


class Bookmark(Annotation, frozen=True, kw_only=True):
    """A place to come back to."""

    kind: ClassVar[str] = "bookmark"

    label: str = ""


class NoteDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new note."""

    content: str
    quote: str = ""
    position: float | None = None


class BookmarkDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new bookmark."""

    label: str = ""
    position: float | None = None


class NoteChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    content: str | UnsetType = UNSET
    quote: str | UnsetType = UNSET
    position: float | UnsetType | None = UNSET


class BookmarkChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    label: str | UnsetType = UNSET
    position: float | UnsetType | None = UNSET


class AnnotationFilter(Struct, frozen=True, kw_only=True):
    """Whose annotations, and of which course or lesson."""

    person_id: str
    course_id: str | None = None
    lesson_id: str | None = None


A = TypeVar("A", bound=Annotation)


async def note(store: Store, lesson: Lesson, person_id: str, draft: NoteDraft) -> Note:
    """A new note. Raises RuleBroken."""
    _check(_of_note(draft.content, draft.quote), draft.position)
    made = Note(**_place(Note, lesson, person_id), **given(draft))
    return await store.of(Note).insert(made)


async def bookmark(store: Store, lesson: Lesson, person_id: str, draft: BookmarkDraft) -> Bookmark:
    """A new bookmark. Raises RuleBroken."""
    _check(_of_bookmark(draft.label), draft.position)
    made = Bookmark(**_place(Bookmark, lesson, person_id), **given(draft))
    return await store.of(Bookmark).insert(made)


async def own(
    store: Store, shape: type[A], lesson: Lesson, person_id: str, annotation_id: str
) -> A:
    """One's own annotation of a lesson. Raises NotFound for anybody else's."""
    query = {"_id": annotation_id, "lesson_id": lesson.id, "person_id": person_id}
    found = await store.of(shape).first(lesson.organization_id, query)
    if found is None:
        raise NotFound(shape.kind, annotation_id)
    return found


async def find(
    store: Store, shape: type[A], organization_id: str, filters: AnnotationFilter, paging: Paging
) -> Page[A]:
    """One page of one's own annotations. Raises RuleBroken for a wrong page or sort."""
    query = {"person_id": filters.person_id}
    if filters.course_id is not None:
        query["course_id"] = filters.course_id
    if filters.lesson_id is not None:
        query["lesson_id"] = filters.lesson_id
    return await store.of(shape).page(organization_id, query, paging)


async def change_note(
    store: Store, note: Note, changes: NoteChanges, expected_version: int | None = None
) -> Note:
    """Change a note. Raises RuleBroken, VersionMismatch."""
    _check(_of_note(changes.content, changes.quote), changes.position)
    return await _change(store, note, given(changes), expected_version)


async def change_bookmark(
    store: Store,
    bookmark: Bookmark,
    changes: BookmarkChanges,
    expected_version: int | None = None,
) -> Bookmark:
    """Change a bookmark. Raises RuleBroken, VersionMismatch."""
    _check(_of_bookmark(changes.label), changes.position)
    return await _change(store, bookmark, given(changes), expected_version)


async def delete(store: Store, annotation: Annotation) -> None:
    """Remove an annotation for good. Raises NotFound."""
    await store.of(type(annotation)).remove(annotation.organization_id, annotation.id)


async def _change(
    store: Store, annotation: A, fields: dict[str, Any], expected_version: int | None
) -> A:
    documents = store.of(type(annotation))
    return await documents.change(
        annotation.organization_id, annotation.id, fields, expected_version
    )


def _place(shape: type[Annotation], lesson: Lesson, person_id: str) -> dict[str, Any]:
    moment = now()
    return {
        "id": new_id(shape.kind),
        "organization_id": lesson.organization_id,
        "created_at": moment,
        "updated_at": moment,
        "course_id": lesson.course_id,
        "lesson_id": lesson.id,
        "person_id": person_id,
    }


def _of_note(content: str | UnsetType, quote: str | UnsetType) -> list[Finding]:
    wrong = findings.text("content", content)
    if content is not UNSET and not content.strip():
        wrong.append(Finding(where="content", detail="must not be empty"))
    if quote is not UNSET and len(quote) > LONGEST_QUOTE:
        detail = f"must have at most {LONGEST_QUOTE} characters"
        wrong.append(Finding(where="quote", detail=detail))
    return wrong


def _of_bookmark(label: str | UnsetType) -> list[Finding]:
    return findings.title("label", label) if label else []


def _check(wrong: list[Finding], position: float | UnsetType | None) -> None:
    if isinstance(position, float | int) and not (math.isfinite(position) and position >= 0):
        wrong = [*wrong, Finding(where="position", detail="must be 0 or more")]
    if wrong:
        raise RuleBroken(wrong)
