"""A stored package: what is known of it without unpacking it."""

from typing import ClassVar

from msgspec import Struct

from content.documents import Document
from scorm_runtime.manifest.findings import Finding


class Package(Document, frozen=True, kw_only=True):
    """A package as it was imported; it never changes. Sizes are in bytes, sha256 is the zip's.

    `findings` is what was forgiven or noted on the way in.
    """

    kind: ClassVar[str] = "package"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "title")

    title: str
    filename: str
    edition: str
    sha256: str
    size: int
    unpacked_size: int
    entries: int
    findings: tuple[Finding, ...] = ()


class PackageDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an upload. Without a title, the package's own is taken."""

    filename: str
    title: str = ""
