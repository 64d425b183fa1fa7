"""The exceptions of the content package.

ContentError
├── NotFound            a thing of some kind is not there (for this organization): <kind>_not_found
├── Conflict            the change does not go with what is there: already_enrolled, email_taken…
├── Refused             not for this person now: enrollment_required, prerequisite_not_met…
│   └── LessonLocked        a lesson that cannot be played now
├── RuleBroken          an input breaks rules; carries every finding
├── FileRefused         a file cannot be taken: file_empty, file_type_not_allowed…
│   └── FileTooLarge        because of its size
├── PrintingFailed      a document cannot be printed: too much of it
├── PrintingBusy        too many documents are being printed
├── PrintingUnavailable this machine lacks what printing needs
├── PackageRefused      a package cannot be taken; carries the report with every finding
│   └── PackageTooLarge     because of its size
└── VersionMismatch     the document was changed since the caller read it
"""

from collections.abc import Sequence

from content.findings import Finding
from scorm_runtime.manifest.findings import Finding as PackageFinding


class ContentError(Exception):
    """An error whose message may be shown to the client; `code` is stable."""

    code = "content_error"


class NotFound(ContentError):
    """No `kind` (course, person…) with this id in this organization."""

    def __init__(self, kind: str, sought: str) -> None:
        super().__init__(f"There is no {kind} {sought}.")
        self.kind = kind
        self.sought = sought
        self.code = f"{kind}_not_found"


class Conflict(ContentError):
    """A change that contradicts the present state; `where` is the field that does, if one does."""

    def __init__(self, code: str, detail: str, where: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.where = where


class Refused(ContentError):
    """What the person may not do as things stand; another time, or another person, may."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class LessonLocked(Refused):
    """A lesson that its rules keep closed to the learner."""

    def __init__(self, detail: str) -> None:
        super().__init__("lesson_locked", detail)


class RuleBroken(ContentError):
    """A well-formed input that breaks rules: all findings at once."""

    code = "validation_error"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{each.where}: {each.detail}" for each in findings))
        self.findings = tuple(findings)


class FileRefused(ContentError):
    """A file that cannot be taken; `code` says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class FileTooLarge(FileRefused):
    """A file with more bytes than the limit."""

    def __init__(self, detail: str) -> None:
        super().__init__("file_too_large", detail)


class PrintingFailed(ContentError):
    """A document that takes too long, too much memory, or too many pages."""

    code = "printing_failed"


class PrintingBusy(ContentError):
    """As many documents are waiting to be printed as may."""

    code = "printing_busy"


class PrintingUnavailable(ContentError):
    """This machine lacks a library that PDF needs; the message says how to install it."""

    code = "printing_unavailable"


class PackageRefused(ContentError):
    """A package that cannot be taken; its report has at least one error."""

    code = "package_refused"

    def __init__(self, report: Sequence[PackageFinding]) -> None:
        errors = [each.message for each in report if each.severity == "error"]
        super().__init__(" ".join(errors))
        self.report = tuple(report)


class PackageTooLarge(PackageRefused):
    """A package beyond the limits: bytes uploaded, bytes unpacked or number of files."""

    code = "package_too_large"


class VersionMismatch(ContentError):
    """The caller expected one version (If-Match) and the document has another."""

    code = "version_mismatch"

    def __init__(self, kind: str, sought: str, expected: int, actual: int) -> None:
        super().__init__(f"The {kind} {sought} is at version {actual}, not {expected}.")
        self.kind = kind
        self.sought = sought
        self.expected = expected
        self.actual = actual
