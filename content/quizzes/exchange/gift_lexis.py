"""GIFT's lexis: what a backslash protects, where questions part, what an answer is made of."""

import html
import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from content.quizzes.exchange.found import Unreadable

SPECIAL: Final = "~=#{}:"
_FORMAT: Final = re.compile(r"\[(html|moodle|plain|markdown)\]\s*")
_TITLE: Final = re.compile(r"::((?:[^:\\]|\\.|:(?!:))*)::", re.DOTALL)
_PROTECTED: Final = re.compile(r"\\([~=#{}:\\n])")
_WEIGHT: Final = re.compile(r"%(-?\d+(?:\.\d+)?)%")


class Block(Struct, frozen=True):
    """A question's text, and the line it begins at."""

    text: str
    line: int


class Parts(Struct, frozen=True, kw_only=True):
    """A question taken apart: `answers` is None where there are no braces."""

    title: str
    markup: str
    before: str
    answers: str | None
    after: str


class Choice(Struct, frozen=True, kw_only=True):
    """One answer: `=` or `~`, its weight in percent where it has one, its text and feedback."""

    mark: str
    weight: float | None
    text: str
    feedback: str


def blocks(text: str) -> Iterator[Block]:
    """The questions and commands of a file; comments and blank lines part them."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip().startswith("//"):
            continue
        if line.strip().startswith("$CATEGORY:"):
            yield from _block(lines, start)
            yield Block(line.strip(), number)
            lines = []
        elif line.strip():
            start = start if lines else number
            lines.append(line)
        else:
            yield from _block(lines, start)
            lines = []


def _block(lines: list[str], start: int) -> Iterator[Block]:
    if any(lines):
        yield Block("\n".join(lines).strip(), start)


def parts(text: str) -> Parts:
    """Take a question apart. Raises Unreadable."""
    title = _TITLE.match(text)
    rest = text[title.end() :].strip() if title else text
    markup = _FORMAT.match(rest)
    rest = rest[markup.end() :] if markup else rest
    opening = find(rest, "{")
    if opening < 0:
        if find(rest, "}") >= 0:
            raise Unreadable("it has a closing brace without an opening one")
        before, answers, after = rest, None, ""
    else:
        closing = find(rest, "}", opening)
        if closing < 0:
            raise Unreadable("its opening brace is never closed")
        before, answers = rest[:opening], rest[opening + 1 : closing]
        after = rest[closing + 1 :]
    return Parts(
        title=unescaped(title[1]).strip() if title else "",
        markup=markup[1] if markup else "moodle",
        before=before.strip(),
        answers=answers,
        after=after.strip(),
    )


def find(text: str, sought: str, start: int = 0) -> int:
    """Where a character stands that no backslash protects; -1 where it does not."""
    escaped = False
    for index in range(start, len(text)):
        if not escaped and text[index] == sought:
            return index
        escaped = not escaped and text[index] == "\\"
    return -1


def split(text: str, at: str) -> list[str]:
    """The text parted at each character of `at` that is not protected, each part led by it."""
    found, last, escaped = [], 0, False
    for index, character in enumerate(text):
        if not escaped and character in at:
            found.append(text[last:index])
            last = index
        escaped = not escaped and character == "\\"
    return [*found, text[last:]]


def general_feedback(answers: str) -> tuple[str, str]:
    """The answers, and the feedback behind `####`."""
    start = 0
    while (at := find(answers, "#", start)) >= 0:
        if answers.startswith("####", at):
            return answers[:at], answers[at + 4 :].strip()
        start = at + 1
    return answers, ""


def choices(answers: str) -> list[Choice]:
    """The answers of a question, each led by `=` or `~`. Raises Unreadable."""
    lead, *found = split(answers, "=~")
    if lead.strip():
        raise Unreadable(f"it has an answer that neither = nor ~ leads: {lead.strip()[:40]}")
    return [_choice(each) for each in found]


def _choice(text: str) -> Choice:
    said, _, feedback = _cut(text[1:].strip())
    weight = _WEIGHT.match(said)
    return Choice(
        mark=text[0],
        weight=float(weight[1]) if weight else None,
        text=(said[weight.end() :] if weight else said).strip(),
        feedback=feedback.strip(),
    )


def _cut(text: str) -> tuple[str, str, str]:
    at = find(text, "#")
    return (text, "", "") if at < 0 else (text[:at], "#", text[at + 1 :])


def unescaped(text: str) -> str:
    """The text without the backslashes that protect something; `\\n` is a line's end."""
    return _PROTECTED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def escaped(text: str) -> str:
    """The text with what GIFT gives a meaning protected."""
    protected = re.sub(rf"([{re.escape(SPECIAL)}\\])", r"\\\1", text)
    return protected.replace("\r\n", "\n").replace("\n", r"\n")


def as_html(text: str, markup: str) -> str:
    """A text of the file as HTML."""
    plain = unescaped(text).strip()
    return html.escape(plain, quote=False) if markup == "plain" else plain
