"""What is known of a file besides its bytes."""

from typing import ClassVar

from msgspec import Struct

from content.documents import Document


class Home(Struct, frozen=True, kw_only=True):
    """What a file belongs to besides its owner: who may see that, may see the file."""

    course_id: str | None = None
    lesson_id: str | None = None
    submission_id: str | None = None
    decision_id: str | None = None


class StoredFile(Document, frozen=True, kw_only=True):
    """A file; `size` in bytes, `sha256` in lower-case hexadecimal, `extension` with its dot.

    It is `settled` once the submission that it belongs to is there.
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


class FileFilter(Struct, frozen=True, kw_only=True):
    """Which files: all that is given must hold."""

    owner_id: str | None = None
    course_id: str | None = None
    lesson_id: str | None = None
    submission_id: str | None = None
