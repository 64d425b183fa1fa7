"""JSON as a page shows it: indented, its parts marked, all of it escaped, nothing of it changed."""

import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise

from markupsafe import Markup

INDENT = "  "
MOST_MARKED = 64 * 1024

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_OPENING, _CLOSING = ("{", "["), ("}", "]")


def notation(raw: bytes) -> Markup:
    """Return JSON as markup for a `pre`: numbers and escapes stay as they were written.

    Keys are `b`, strings `i`, other values `em`. Past 64 KiB nothing is marked.
    """
    text = raw.decode()
    marked = len(raw) <= MOST_MARKED
    return Markup("".join(_pieces(_PART.findall(text), marked)))  # noqa: S704


def _pieces(parts: list[str], marked: bool) -> Iterator[str]:
    depth = 0
    for part, following in pairwise([*parts, ""]):
        opens, closes = part in _OPENING, following in _CLOSING
        depth += opens
        yield _marked(part, following) if marked else escape(part, quote=False)
        if part == ":":
            yield " "
        if closes:
            depth -= 1
        if part == "," or opens != closes:
            yield f"\n{INDENT * depth}"


def _marked(part: str, following: str) -> str:
    if part in "{}[]:,":
        return part
    kind = "em"
    if part[0] == '"':
        kind = "b" if following == ":" else "i"
    return f"<{kind}>{escape(part, quote=False)}</{kind}>"
