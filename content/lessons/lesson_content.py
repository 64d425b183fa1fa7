"""What a lesson consists of, by its type: a tagged union, checked with every finding."""

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, structs

from content import findings, sanitised
from content.findings import Finding

LONGEST_HTML: Final = 1_000_000
WORDS_A_MINUTE: Final = 200
EMBED_HOSTS: Final = (
    "www.youtube.com",
    "www.youtube-nocookie.com",
    "youtube.com",
    "youtu.be",
    "vimeo.com",
    "player.vimeo.com",
    "www.loom.com",
    "docs.google.com",
)
"""The hosts that embedded content may come from unless an organization says otherwise."""


class _Content(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Content of a type, which `type` tells."""


class Video(_Content, frozen=True, kw_only=True, tag="video"):
    """A video, with its transcript as WebVTT or text."""

    video_url: str
    duration_seconds: int | float | None = None
    transcript_url: str | None = None
    poster_url: str | None = None
    allow_download: bool = False


class Text(_Content, frozen=True, kw_only=True, tag="text"):
    """A page of HTML, sanitised; without a reading time it has one by its words."""

    html: str
    estimated_reading_minutes: int | None = None


class DocumentFile(_Content, frozen=True, kw_only=True, tag="document"):
    """A PDF or another file: one of ours, or one at an address."""

    file_id: str | None = None
    url: str | None = None
    page_count: int | None = None
    allow_download: bool = True


class Embed(_Content, frozen=True, kw_only=True, tag="embed"):
    """A page of another site in a frame, such as a video's player."""

    url: str
    duration_seconds: int | float | None = None


class QuizContent(_Content, frozen=True, kw_only=True, tag="quiz"):
    """A quiz."""

    quiz_id: str | None = None


class AssignmentContent(_Content, frozen=True, kw_only=True, tag="assignment"):
    """An assignment."""

    assignment_id: str | None = None


class Scorm(_Content, frozen=True, kw_only=True, tag="scorm"):
    """A package to be played."""

    package_id: str | None = None


class Xapi(_Content, frozen=True, kw_only=True, tag="xapi"):
    """Content elsewhere that reports by statements."""

    launch_url: str | None = None


class Cmi5(_Content, frozen=True, kw_only=True, tag="cmi5"):
    """An assignable unit."""

    launch_url: str | None = None
    package_id: str | None = None


LessonContent = (
    Video | Text | DocumentFile | Embed | QuizContent | AssignmentContent | Scorm | Xapi | Cmi5
)
KINDS: Final[Mapping[str, type[LessonContent]]] = {
    "scorm": Scorm,
    "xapi": Xapi,
    "cmi5": Cmi5,
    "video": Video,
    "text": Text,
    "document": DocumentFile,
    "embed": Embed,
    "quiz": QuizContent,
    "assignment": AssignmentContent,
}


def read(
    content_type: str, told: Mapping[str, Any], hosts: Collection[str] = EMBED_HOSTS
) -> tuple[LessonContent | None, list[Finding]]:
    """The content that was told, or else what is wrong with it; `hosts` may be embedded."""
    fields = {each.name: each for each in structs.fields(KINDS[content_type])}
    broken = [
        Finding(where=f"content/{each.name}", detail="is required")
        for each in fields.values()
        if each.required and each.name not in told
    ]
    values = {}
    for name, value in told.items():
        if name not in fields:
            broken.append(Finding(where=f"content/{name}", detail=f"is not of a {content_type}"))
            continue
        try:
            values[name] = msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError as error:
            broken.append(Finding(where=f"content/{name}", detail=str(error)))
    if broken:
        return None, broken
    content = KINDS[content_type](**values)
    broken = _broken(content, hosts)
    return (None, broken) if broken else (_finished(content), [])


def minutes(content: LessonContent | None) -> int | None:
    """How long the content takes, where it tells."""
    match content:
        case Video(duration_seconds=seconds) | Embed(duration_seconds=seconds):
            return None if seconds is None else math.ceil(seconds / 60)
        case Text(estimated_reading_minutes=estimated):
            return estimated
    return None


def package_of(content: LessonContent | None) -> str | None:
    """The package that the content is played from."""
    return content.package_id if isinstance(content, Scorm | Cmi5) else None


def references(content: LessonContent | None) -> Iterator[tuple[str, dict[str, str | None]]]:
    """What the content leads to: the kind of thing, and its id by the place in the input."""
    for kind in ("package", "file", "quiz", "assignment"):
        yield kind, {f"content/{kind}_id": getattr(content, f"{kind}_id", None)}


def shown(content: LessonContent) -> dict[str, Any]:
    """The content as it is sent; the lesson says of which type it is."""
    return structs.asdict(content)


def schemas() -> list[dict[str, Any]]:
    """The JSON Schema of each type's content, as it is sent."""
    found = []
    for name, shape in KINDS.items():
        (schema,), components = msgspec.json.schema_components([shape])
        described = components[schema["$ref"].rpartition("/")[2]]
        fields = {each: is_ for each, is_ in described["properties"].items() if each != "type"}
        required = [each for each in described["required"] if each != "type"]
        found.append({**described, "title": name, "properties": fields, "required": required})
    return found


def _finished(content: LessonContent) -> LessonContent:
    if not isinstance(content, Text):
        return content
    estimated = content.estimated_reading_minutes
    if estimated is None:
        estimated = math.ceil(sanitised.words(content.html) / WORDS_A_MINUTE)
    html = sanitised.clean(content.html)
    return Text(html=html, estimated_reading_minutes=estimated)


def _broken(content: LessonContent, hosts: Collection[str]) -> list[Finding]:
    broken = [
        each
        for name, value in structs.asdict(content).items()
        for each in _broken_field(f"content/{name}", name, value)
    ]
    if isinstance(content, Embed) and not broken:
        broken = _broken_embed(content, hosts)
    if isinstance(content, DocumentFile) and (content.file_id is None) == (content.url is None):
        broken.append(Finding(where="content", detail="must have either file_id or url"))
    return broken


def _broken_field(where: str, name: str, value: Any) -> list[Finding]:
    if name == "html" and len(value) > LONGEST_HTML:
        return [Finding(where=where, detail=f"must have at most {LONGEST_HTML} characters")]
    if name == "html" and sanitised.too_many_elements(value):
        detail = f"must have at most {sanitised.MOST_ELEMENTS} elements"
        return [Finding(where=where, detail=detail)]
    if name.endswith("url"):
        return findings.url(where, value)
    if name in ("duration_seconds", "estimated_reading_minutes", "page_count"):
        return findings.count(where, value)
    return []


def _broken_embed(content: Embed, hosts: Collection[str]) -> list[Finding]:
    address = urlsplit(content.url)
    if address.scheme != "https":
        return [Finding(where="content/url", detail="must be an address with https://")]
    if "*" in hosts or address.hostname in hosts:
        return []
    detail = f"{address.hostname} is not one of the hosts that may be embedded"
    return [Finding(where="content/url", detail=detail)]
