"""Who reviews whose work: balanced, never one's own, the same for the same seed. Pure."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec import Struct


class Piece(Struct, frozen=True):
    """A person's work."""

    submission_id: str
    person_id: str


class Pair(Struct, frozen=True):
    """One review to be written: the reviewer, and the work."""

    reviewer_id: str
    piece: Piece


def allocate(
    pieces: Sequence[Piece], present: Collection[Pair], reviews: int, seed: str
) -> list[Pair]:
    """The reviews that are missing; each person has one piece of work.

    At first everybody is put in a ring, shuffled by the seed, and reviews the next ones in it: so
    everybody writes and gets as many reviews. Those who come later make a ring of their own where
    they are enough; else they review what has the fewest reviews, and are reviewed by who has the
    fewest to write.
    """
    known = {each.piece.person_id for each in present}
    late = [each for each in pieces if each.person_id not in known]
    late.sort(key=_shuffled(seed))
    if not present or len(late) > reviews:
        return list(_ring(late, reviews))
    return _joined(late, pieces, present, reviews, seed)


def _ring(pieces: Sequence[Piece], reviews: int) -> Iterator[Pair]:
    count = len(pieces)
    for place, piece in enumerate(pieces):
        for step in range(1, min(reviews, count - 1) + 1):
            yield Pair(piece.person_id, pieces[(place + step) % count])


def _joined(
    late: Sequence[Piece],
    pieces: Sequence[Piece],
    present: Collection[Pair],
    reviews: int,
    seed: str,
) -> list[Pair]:
    """Reviews for and by those who came too late to be in a ring."""
    made: list[Pair] = []
    taken = set(present)
    got = Counter(each.piece.submission_id for each in present)
    owed = Counter(each.reviewer_id for each in present)

    def add(reviewer_id: str, piece: Piece) -> bool:
        pair = Pair(reviewer_id, piece)
        if reviewer_id == piece.person_id or pair in taken:
            return False
        taken.add(pair)
        made.append(pair)
        got[piece.submission_id] += 1
        owed[reviewer_id] += 1
        return True

    for piece in late:
        shuffled = sorted(pieces, key=_shuffled(f"{seed}/{piece.submission_id}"))
        for other in sorted(shuffled, key=lambda each: got[each.submission_id]):
            if owed[piece.person_id] >= reviews:
                break
            add(piece.person_id, other)
        for other in sorted(shuffled, key=lambda each: owed[each.person_id]):
            if got[piece.submission_id] >= reviews:
                break
            add(other.person_id, piece)
    return made


def _shuffled(seed: str) -> Callable[[Piece], str]:
    """An order that nobody foresees and everybody can repeat."""
    return lambda piece: hashlib.sha256(f"{seed}/{piece.person_id}".encode()).hexdigest()
