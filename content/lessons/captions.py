"""Caption tracks of lessons: WebVTT by language, and the transcript that it makes."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from msgspec import UNSET, Struct, UnsetType, structs
from pymongo.errors import DuplicateKeyError

from content import findings
from content.documents import Document, given
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lessons import webvtt
from content.lessons.lessons import Lesson
from content.lessons.webvtt import Cue
from content.store import COLLECTIONS, Store

TrackKind = Literal["subtitles", "captions", "descriptions", "chapters"]

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
"""BCP 47, as far as tracks need it."""


class Caption(Document, frozen=True, kw_only=True):
    """A track of a lesson, one for each language and kind; `is_default` is chosen first.

    `vtt` is the file as it came.
    """

    kind: ClassVar[str] = "caption"
    sortable: ClassVar[tuple[str, ...]] = ("language", "created_at")

    course_id: str
    lesson_id: str
    language: str
    label: str
    track_kind: TrackKind
    is_default: bool
    cue_count: int
    duration_seconds: float
    vtt: str


class CaptionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new track; without a label it has its language's tag."""

    vtt: str
    language: str
    label: str = ""
    track_kind: TrackKind = "subtitles"
    is_default: bool = False


class CaptionChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    vtt: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET


async def create(store: Store, lesson: Lesson, draft: CaptionDraft) -> Caption:
    """A new track. Raises RuleBroken, Conflict (caption_exists)."""
    wrong = _labelled(draft.label)
    if not _LANGUAGE.fullmatch(draft.language):
        wrong.append(Finding(where="language", detail="must be a language tag, such as de-CH"))
    if wrong:
        raise RuleBroken(wrong)
    caption_id, moment = new_id("caption"), now()
    made = Caption(
        id=caption_id,
        organization_id=lesson.organization_id,
        created_at=moment,
        updated_at=moment,
        course_id=lesson.course_id,
        lesson_id=lesson.id,
        language=draft.language,
        label=draft.label or draft.language,
        track_kind=draft.track_kind,
        is_default=draft.is_default,
        **_text(draft.vtt),
    )
    try:
        await store.of(Caption).insert(made)
    except DuplicateKeyError as error:
        detail = f"The lesson has {draft.track_kind} in {draft.language}."
        raise Conflict("caption_exists", detail) from error
    await _only_default(store, made)
    return made


async def within(store: Store, organization_id: str, lesson_id: str) -> list[Caption]:
    """The tracks of a lesson, by language."""
    order = [("language", 1), ("track_kind", 1)]
    return await store.of(Caption).all(organization_id, {"lesson_id": lesson_id}, order)


async def get(store: Store, organization_id: str, lesson_id: str, caption_id: str) -> Caption:
    """A track of a lesson. Raises NotFound."""
    query = {"_id": caption_id, "lesson_id": lesson_id}
    found = await store.of(Caption).first(organization_id, query)
    if found is None:
        raise NotFound("caption", caption_id)
    return found


async def update(
    store: Store, caption: Caption, changes: CaptionChanges, expected_version: int | None = None
) -> Caption:
    """Change a track. Raises RuleBroken, VersionMismatch."""
    if wrong := _labelled(changes.label):
        raise RuleBroken(wrong)
    fields = given(changes)
    if isinstance(changes.vtt, str):
        fields |= _text(changes.vtt)
    documents = store.of(Caption)
    changed = await documents.change(caption.organization_id, caption.id, fields, expected_version)
    await _only_default(store, changed)
    return changed


async def delete(store: Store, caption: Caption, expected_version: int | None = None) -> None:
    """Remove a track. Raises NotFound, VersionMismatch."""
    await store.of(Caption).remove(caption.organization_id, caption.id, expected_version)


def transcript(caption: Caption) -> tuple[Cue, ...]:
    """What is said in it, cue by cue."""
    return webvtt.cues(caption.vtt)


async def carry(store: Store, copies: Mapping[str, Lesson]) -> None:
    """Give copies of lessons copies of their tracks; `copies` are by the ids of the lessons."""
    for lesson_id, copy in copies.items():
        for each in await within(store, copy.organization_id, lesson_id):
            made = structs.replace(
                each,
                id=new_id("caption"),
                version=1,
                created_at=copy.created_at,
                updated_at=copy.created_at,
                course_id=copy.course_id,
                lesson_id=copy.id,
            )
            await store.of(Caption).insert(made)


def _text(vtt: str) -> dict[str, Any]:
    """What is kept of a file's text. Raises RuleBroken."""
    text = vtt.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if len(text.encode()) > webvtt.LARGEST:
        raise RuleBroken([Finding(where="file", detail=f"has more than {webvtt.LARGEST} bytes")])
    found = webvtt.cues(text)
    return {
        "vtt": text,
        "cue_count": len(found),
        "duration_seconds": max(each.end for each in found),
    }


def _labelled(label: str | UnsetType) -> list[Finding]:
    return findings.title("label", label) if label else []


async def _only_default(store: Store, caption: Caption) -> None:
    """Let no other track of the lesson be the default."""
    if not caption.is_default:
        return
    await store.database[COLLECTIONS["caption"]].update_many(
        {
            "organization_id": caption.organization_id,
            "lesson_id": caption.lesson_id,
            "_id": {"$ne": caption.id},
            "is_default": True,
        },
        {"$set": {"is_default": False}, "$inc": {"version": 1}},
    )
