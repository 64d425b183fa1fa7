"""What a log holds in the range of one checkpoint, against what the checkpoint says of it."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from lrs.ledger.source import Entry, leaf
from lrs.ledger.store import Leaf

Kind: TypeAlias = Literal["altered", "missing", "inserted"]


class Difference(msgspec.Struct, frozen=True):
    """One entry that is not as the checkpoint has it; `place` is the one that it was given."""

    kind: Kind
    id: str
    place: int


def differences(
    organization_id: str,
    log: str,
    leaves: Sequence[Leaf],
    amended: Mapping[int, str | None],
    present: Sequence[Entry],
) -> list[Difference]:
    """Compare the entries that are there with the leaves of their checkpoint.

    `amended` tells, by index, which leaves stand for an entry that was erased (None) or changed
    (its hash since).
    """
    there = {each.id: each for each in present}
    found: list[Difference] = []
    for index, each in enumerate(leaves):
        expected = amended.get(index, each.hash.hex())
        entry = there.pop(each.id, None)
        if expected is None and entry is None:
            continue
        if entry is None:
            found.append(Difference("missing", each.id, each.place))
        elif expected is None:
            found.append(Difference("inserted", entry.id, entry.place))
        elif leaf(organization_id, log, entry, each.salt).hex() != expected:
            found.append(Difference("altered", each.id, each.place))
    found += [Difference("inserted", each.id, each.place) for each in there.values()]
    return found
