"""/captions: the caption tracks of a lesson, and their transcripts."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery, invalid
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.engagement import ENTRY, open_lesson, visible_lesson
from api.rest.forms import Form
from api.rest.lists import page_within
from api.rest.route import RouteTable
from content.errors import FileRefused, FileTooLarge
from content.lessons import captions, webvtt
from content.lessons.captions import Caption, CaptionChanges, CaptionDraft, TrackKind

table = RouteTable()

KNOWN = ("caption_not_found", "lesson_not_found")
READ = ("caption_not_found", *ENTRY)
SAMPLE = "WEBVTT\n\n00:00.000 --> 00:02.500\nWelcome"
FIELDS = ("language", "label", "track_kind", "is_default")


class CaptionAttributes(Attributes):
    """A track; the file itself is at `content_url`."""

    type_name = "caption"
    relationship_types = {"lesson": "lesson"}

    language: str
    label: str
    track_kind: TrackKind
    is_default: bool
    cue_count: int
    duration_seconds: float
    content_url: str
    created_at: datetime
    updated_at: datetime


class CueAttributes(BaseModel):
    """One caption: from when to when in seconds, who speaks, and what is said."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    start: float
    end: float
    text: str
    identifier: str | None
    voice: str | None


class TranscriptAttributes(Attributes):
    """What is said in a track, cue by cue, and in one piece."""

    type_name = "transcript"
    relationship_types = {"caption": "caption", "lesson": "lesson"}

    language: str
    cues: tuple[CueAttributes, ...]
    text: str


class NewCaption(Draft):
    """A new track: `vtt` is the WebVTT file's text."""

    vtt: str = Field(examples=[SAMPLE])
    language: str = Field(max_length=35, examples=["en"])
    label: str = ""
    track_kind: TrackKind = "subtitles"
    is_default: bool = False


class CaptionForm(BaseModel):
    """A WebVTT file, and what track it is."""

    file: bytes
    language: str
    label: str = ""
    track_kind: TrackKind = "subtitles"
    is_default: bool = False


class ChangedCaption(Draft):
    """What may be changed; what is not given stays."""

    vtt: str = Field("", examples=[SAMPLE])
    label: str = ""
    is_default: bool = False


def caption_resource(caption: Caption) -> Resource[CaptionAttributes]:
    """The track as a resource."""
    attributes = CaptionAttributes(
        language=caption.language,
        label=caption.label,
        track_kind=caption.track_kind,
        is_default=caption.is_default,
        cue_count=caption.cue_count,
        duration_seconds=caption.duration_seconds,
        content_url=f"/api/v1/lessons/{caption.lesson_id}/captions/{caption.id}/content",
        created_at=caption.created_at,
        updated_at=caption.updated_at,
    )
    return Resource(caption.id, attributes, {"lesson": caption.lesson_id}, caption.version)


@table.route(
    "GET",
    "/lessons/{lesson_id}/captions",
    permission=Permission.COURSES_READ,
    errors=ENTRY,
)
async def list_captions(
    call: Call, lesson_id: str, query: PageQuery
) -> ResourcePage[CaptionAttributes]:
    """List the tracks of a lesson by language."""
    lesson = await open_lesson(call, lesson_id)
    found = await captions.within(call.services.content, call.organization_id, lesson.id)
    return page_within(query, found, caption_resource)


@table.route(
    "POST",
    "/lessons/{lesson_id}/captions",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("caption_exists", "file_too_large", "file_type_mismatch", "lesson_not_found"),
    upload=True,
    form=CaptionForm,
)
async def create_caption(
    call: Call, lesson_id: str, body: NewCaption | None
) -> Resource[CaptionAttributes]:
    """Add a track: multipart with a WebVTT file, or JSON with its text."""
    lesson = await visible_lesson(call, lesson_id)
    given = body or await _form(call)
    draft = CaptionDraft(**given.model_dump())
    return caption_resource(await captions.create(call.services.content, lesson, draft))


@table.route(
    "PATCH",
    "/lessons/{lesson_id}/captions/{caption_id}",
    permission=Permission.COURSES_WRITE,
    errors=(*KNOWN, "version_mismatch"),
)
async def update_caption(
    call: Call, lesson_id: str, caption_id: str, body: ChangedCaption
) -> Resource[CaptionAttributes]:
    """Change a track: its text, its label, whether it is the default."""
    caption = await _caption(call, lesson_id, caption_id)
    changes = CaptionChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    return caption_resource(await captions.update(call.services.content, caption, changes, version))


@table.route(
    "DELETE",
    "/lessons/{lesson_id}/captions/{caption_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=(*KNOWN, "version_mismatch"),
)
async def delete_caption(call: Call, lesson_id: str, caption_id: str) -> web.Response:
    """Remove a track."""
    caption = await _caption(call, lesson_id, caption_id)
    await captions.delete(call.services.content, caption, expected_version(call.request))
    return web.Response(status=204)


@table.route(
    "GET",
    "/lessons/{lesson_id}/captions/{caption_id}/content",
    permission=Permission.COURSES_READ,
    errors=READ,
    media="text/vtt",
    limit="downloads",
)
async def get_caption_file(call: Call, lesson_id: str, caption_id: str) -> web.Response:
    """Send a track's WebVTT, for a player."""
    caption = await _caption(call, lesson_id, caption_id)
    headers = {"Cache-Control": "private, no-cache"}
    return web.Response(text=caption.vtt, content_type="text/vtt", headers=headers)


@table.route(
    "GET",
    "/lessons/{lesson_id}/captions/{caption_id}/transcript",
    permission=Permission.COURSES_READ,
    errors=READ,
)
async def get_transcript(
    call: Call, lesson_id: str, caption_id: str
) -> Resource[TranscriptAttributes]:
    """Show what is said in a track, cue by cue."""
    caption = await _caption(call, lesson_id, caption_id)
    cues = captions.transcript(caption)
    attributes = TranscriptAttributes(
        language=caption.language,
        cues=tuple(CueAttributes.model_validate(each) for each in cues),
        text="\n".join(each.text for each in cues),
    )
    related = {"caption": caption.id, "lesson": caption.lesson_id}
    return Resource(f"transcript_{caption.id}", attributes, related)


async def _caption(call: Call, lesson_id: str, caption_id: str) -> Caption:
    lesson = await open_lesson(call, lesson_id)
    return await captions.get(call.services.content, call.organization_id, lesson.id, caption_id)


async def _form(call: Call) -> NewCaption:
    """What a form gives. Raises ProblemRaised, FileRefused."""
    form = Form(FIELDS, _text, most_files=1)
    await form.read(call.request)
    form.require("file", "language")
    fields: dict[str, Any] = {**form.fields, "vtt": form.files[0]}
    try:
        return NewCaption.model_validate(fields)
    except ValidationError as error:
        raise invalid(error, fields, "") from None


async def _text(filename: str, source: AsyncIterator[bytes]) -> str:
    """A small file of text in UTF-8. Raises FileRefused."""
    raw = bytearray()
    async for data in source:
        raw += data
        if len(raw) > webvtt.LARGEST:
            raise FileTooLarge(f"{filename} has more than {webvtt.LARGEST} bytes.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused("file_type_mismatch", f"{filename} is not text in UTF-8.") from None
