"""What is known of a file besides its bytes."""

from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from content.documents import Document
from content.identity import now


class Home(Struct, frozen=True, kw_only=True):
    """What a file belongs to besides its owner: who may see that, may see the file."""

    course_id: str | None = None
    lesson_id: str | None = None
    submission_id: str | None = None
    decision_id: str | None = None


class StoredFile(Document, frozen=True, kw_only=True):
    """A file; `size` in bytes, `sha256` in lower-case hexadecimal, `extension` with its dot.

    It is `settled` once the submission that it belongs to is there. One that was made for its owner
    alone, such as a report, has `expires_at`: it is gone then, and nobody else sees it.
    """

    kind: ClassVar[str] = "file"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "filename", "size")

    owner_id: str
    filename: str
    extension: str
    media_type: str
    size: int
    sha256: str
    course_id: str | None = None
    lesson_id: str | None = None
    submission_id: str | None = None
    decision_id: str | None = None
    settled: bool = True
    expires_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether its time is over, though nobody may have swept it yet."""
        return self.expires_at is not None and self.expires_at <= now()


class FileFilter(Struct, frozen=True, kw_only=True):
    """Which files: all that is given must hold."""

    owner_id: str | None = None
    course_id: str | None = None
    lesson_id: str | None = None
    submission_id: str | None = None
