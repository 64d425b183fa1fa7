"""What a thread and a reply are."""

from datetime import datetime
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType

from content import findings, sanitised
from content.findings import Finding
from content.telling.outbox import Telling


class Post(Telling, frozen=True, kw_only=True):
    """What somebody wrote, in HTML that is cleaned; once deleted it is shown to nobody.

    `upvotes` is how many people have voted for it.
    """

    course_id: str
    author_id: str
    content: str
    upvotes: int = 0
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: str | None = None


class Discussion(Post, frozen=True, kw_only=True):
    """A thread of a course, about one of its lessons where it names one.

    Only moderators reply where it is `locked`. `last_activity_at` is the last reply's moment, or
    its own.
    """

    kind: ClassVar[str] = "discussion"
    sortable: ClassVar[tuple[str, ...]] = (
        "last_activity_at",
        "created_at",
        "upvotes",
        "reply_count",
    )

    title: str
    last_activity_at: datetime
    lesson_id: str | None = None
    reply_count: int = 0
    pinned: bool = False
    resolved: bool = False
    locked: bool = False


class Reply(Post, frozen=True, kw_only=True):
    """A reply in a thread, to another one where it names one."""

    kind: ClassVar[str] = "reply"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "upvotes")

    discussion_id: str
    reply_to: str | None = None


class DiscussionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new thread."""

    course_id: str
    title: str
    content: str
    lesson_id: str | None = None


class DiscussionChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    title: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    resolved: bool | UnsetType = UNSET
    locked: bool | UnsetType = UNSET


class DiscussionFilter(Struct, frozen=True, kw_only=True):
    """Which threads: all that is given must hold."""

    course_id: str | None = None
    lesson_id: str | None = None
    author_id: str | None = None
    resolved: bool | None = None
    pinned: bool | None = None


def written(content: str) -> str:
    """What is kept of a post's HTML."""
    return sanitised.clean(content).strip()


def wordless(content: str | UnsetType) -> list[Finding]:
    """A post says something, in at most 100,000 characters."""
    if content is UNSET:
        return []
    if not written(content):
        return [Finding(where="content", detail="must not be empty")]
    return findings.text("content", content)
