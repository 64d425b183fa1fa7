"""Whether a text fills a blank: spelling that means nothing is set aside, `*` is any characters.

No regular expression is made of what an author or a learner wrote: a pattern is cut at its
asterisks, and its pieces are found one after the other.
"""

import re
import unicodedata
from typing import Final

WILDCARD: Final = "*"
_PIECES: Final = re.compile(r"\\\*|\*|[^\\*]+|\\")
_SPACES: Final = re.compile(r"\s+")
_TYPOGRAPHY: Final = str.maketrans("‘’‚‛“”„‟‐‑‒–—−", "''''\"\"\"\"------")  # noqa: RUF001


def normal(text: str, *, case_sensitive: bool) -> str:
    """The text in one spelling: compatible characters, plain quotes and dashes, single spaces."""
    text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    text = _SPACES.sub(" ", text).strip()
    return text if case_sensitive else unicodedata.normalize("NFKC", text.casefold())


def pieces(pattern: str) -> list[str]:
    """The literal texts between a pattern's wildcards, those at its ends included."""
    found = [""]
    for piece in _PIECES.findall(pattern):
        if piece == WILDCARD:
            found.append("")
        else:
            found[-1] += WILDCARD if piece == r"\*" else piece
    return found


def example(pattern: str) -> str:
    """The shortest text that the pattern takes."""
    return " ".join("".join(pieces(pattern)).split())


def fits(pattern: str, text: str, *, case_sensitive: bool) -> bool:
    """Whether the whole text is what the pattern describes."""
    text = normal(text, case_sensitive=case_sensitive)
    wanted = pieces(pattern)
    if len(wanted) == 1:
        return text == normal(wanted[0], case_sensitive=case_sensitive)
    head, *middle, tail = (_piece(each, case_sensitive=case_sensitive) for each in wanted)
    head, tail = head.lstrip(), tail.rstrip()
    if not text.startswith(head):
        return False
    at = len(head)
    for each in middle:
        found = text.find(each, at)
        if found < 0:
            return False
        at = found + len(each)
    return len(text) - len(tail) >= at and text.endswith(tail)


def _piece(text: str, *, case_sensitive: bool) -> str:
    """A piece in normal spelling that keeps the spaces at its ends: they part words."""
    inner = normal(text, case_sensitive=case_sensitive)
    if not inner:
        return " " if text[:1].isspace() else ""
    before = " " if text[0].isspace() else ""
    return f"{before}{inner}{' ' if text[-1].isspace() else ''}"
