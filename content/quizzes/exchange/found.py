"""What a reader of a format finds: drafts of questions, and remarks on what it could not keep."""

from typing import Literal

from msgspec import Struct

from content.quizzes.drafts import QuestionDraft

Severity = Literal["error", "warning"]


class Found(Struct, frozen=True, kw_only=True):
    """A question at a line of the file, in the category that the file names."""

    draft: QuestionDraft
    line: int
    name: str = ""
    category: tuple[str, ...] = ()


class Remark(Struct, frozen=True, kw_only=True):
    """`error`: a question was left out; `warning`: it was taken, and something of it was not."""

    line: int
    severity: Severity
    detail: str
    name: str = ""


class Reading(Struct):
    """Everything that a file holds."""

    found: list[Found]
    remarks: list[Remark]

    def error(self, line: int, detail: str, name: str = "") -> None:
        """Say that a question, or the file, was left out."""
        self.remarks.append(Remark(line=line, severity="error", detail=detail, name=name))

    def warning(self, line: int, detail: str, name: str = "") -> None:
        """Say that something of a question was left out."""
        self.remarks.append(Remark(line=line, severity="warning", detail=detail, name=name))


class Unreadable(Exception):
    """A question that a format's reader cannot take; the message says why."""


def category_path(text: str) -> tuple[str, ...]:
    """`$course$/top/Hooks/State` as its names, without Moodle's own; `//` is a slash in a name."""
    names = [each.replace("\x00", "/").strip() for each in text.replace("//", "\x00").split("/")]
    names = [name for name in names if name]
    if names and names[0].startswith("$") and names[0].endswith("$"):
        names = names[1:]
    if names and names[0] == "top":
        names = names[1:]
    return tuple(names)


def written_path(names: tuple[str, ...]) -> str:
    """The names as Moodle writes a category."""
    return "/".join(["$course$", "top", *(name.replace("/", "//") for name in names)])
