"""What is written on a badge's picture: lines that fit its circle, in every script."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from msgspec import Struct

from content.certificates.certificates import Certificate

# At most so many lines, of so many letters, in this size; the first that holds all is taken.
TITLES: Final = ((1, 13, 27), (2, 16, 24), (3, 18, 20))
ISSUERS: Final = ((1, 19, 15), (2, 20, 13))
TITLE: Final = 186
ISSUER: Final = 248


class Line(Struct, frozen=True):
    """Words with their middle at `y`, of 320 from the top, and their size."""

    words: str
    y: float
    size: int
    is_title: bool


def lines(certificate: Certificate) -> list[Line]:
    """The certificate's title and who issued it."""
    return [
        *_block(certificate.title, TITLES, TITLE, is_title=True),
        *_block(certificate.issuer, ISSUERS, ISSUER, is_title=False),
    ]


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of so many letters: a wide character counts as two, a mark as none."""
    found = [""]
    for piece, spaced in _pieces(text, width):
        gap = " " if spaced and found[-1] else ""
        if found[-1] and _width(found[-1] + gap + piece) > width:
            found.append(piece)
        else:
            found[-1] += gap + piece
    return found


def _block(
    text: str, sizes: tuple[tuple[int, int, int], ...], middle: int, *, is_title: bool
) -> Iterator[Line]:
    fitting = [each for each in sizes if len(wrapped(text, each[1])) <= each[0]]
    most, width, size = (*fitting, sizes[-1])[0]
    found = wrapped(text, width)
    if len(found) > most:
        found = [*found[: most - 1], f"{found[most - 1].rstrip(' ,;')}…"]
    pitch = 1.25 * size
    top = middle - pitch * (len(found) - 1) / 2
    for row, words in enumerate(found):
        yield Line(words, top + pitch * row, size, is_title)


def _pieces(text: str, width: int) -> Iterator[tuple[str, bool]]:
    """What a line may end after, and whether a space comes before it."""
    for word in text.split():
        spaced = True
        for is_wide, letters in groupby(_clusters(word), _is_wide):
            found = list(letters)
            step = 1 if is_wide else width
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


def _width(text: str) -> int:
    return sum(2 if _is_wide(each) else 1 for each in _clusters(text))


def _is_wide(cluster: str) -> bool:
    return unicodedata.east_asian_width(cluster[0]) in "WF"
