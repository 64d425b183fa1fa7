"""What is written on a badge's picture: lines that fit its circle, in every script."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from content.certificates.certificates import Certificate
from content.certificates.lettering import wrapped

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
