"""Words of any script in plain letters: for addresses, and for finding what was typed in part."""

import re
from collections.abc import Iterable
from typing import Any

from anyascii import anyascii
from bson import Regex

LONGEST_SLUG = 80
LONGEST_WORD = 40
MOST_WORDS = 300

_WORD = re.compile(r"[a-z0-9]+")


def slug(text: str) -> str:
    """The text as a part of an address: `Übung 1: Żółw` becomes `ubung-1-zolw`."""
    return "-".join(_plain(text))[:LONGEST_SLUG].strip("-")


def words(texts: Iterable[str]) -> list[str]:
    """The words by which something is found."""
    found = (word[:LONGEST_WORD] for text in texts for word in _plain(text))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def having(phrase: str) -> dict[str, Any]:
    """A query for the documents in whose `words` every word of the phrase begins one."""
    # Not a pattern of Python's, whose flags keep MongoDB from going by the index.
    sought = [Regex(f"^{word[:LONGEST_WORD]}") for word in _plain(phrase)]
    return {"words": {"$all": sought}} if sought else {}


def _plain(text: str) -> list[str]:
    return _WORD.findall(anyascii(text).lower())
