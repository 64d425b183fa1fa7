"""How wide a text is, in every script, as far as that can be told without a font."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby


def width(text: str) -> int:
    """How many letters wide: a wide character counts as two, a mark as none."""
    return sum(2 if _is_wide(each) else 1 for each in _clusters(text))


def wrapped(text: str, most: int) -> list[str]:
    """The text in lines that are so many letters wide at most."""
    found = [""]
    for piece, spaced in _pieces(text, most):
        gap = " " if spaced and found[-1] else ""
        if found[-1] and width(found[-1] + gap + piece) > most:
            found.append(piece)
        else:
            found[-1] += gap + piece
    return found


def is_joined(text: str) -> bool:
    """Whether it has letters that are written joined, as Arabic ones: they may not be spaced."""
    return any(unicodedata.bidirectional(each) == "AL" for each in text)


def _pieces(text: str, most: int) -> Iterator[tuple[str, bool]]:
    """What a line may end after, and whether a space comes before it."""
    for word in text.split():
        spaced = True
        for is_wide, letters in groupby(_clusters(word), _is_wide):
            found = list(letters)
            step = 1 if is_wide else most
            for first in range(0, len(found), step):
                yield "".join(found[first : first + step]), spaced
                spaced = False


def _clusters(word: str) -> list[str]:
    """The letters, each with its marks."""
    found: list[str] = []
    for letter in word:
        if found and unicodedata.category(letter).startswith("M"):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _is_wide(cluster: str) -> bool:
    return unicodedata.east_asian_width(cluster[0]) in "WF"
