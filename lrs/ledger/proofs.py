"""Proofs that entries are covered by signed checkpoints, for whoever has no database.

An entry that was changed on purpose (somebody it named was erased) is not the one in the tree: the
amendment says by which hash it is known since.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal

import msgspec

from lrs.ledger import merkle
from lrs.ledger.links import Amendment, Batch, Link
from lrs.ledger.source import Entry, leaf
from lrs.ledger.store import Leaf, LedgerStore


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entry stands: `leaf` (hexadecimal) at `index` in the tree of link `number`, and the
    `path` from it to the root, the nearest first.

    `amendment` is the number of the link that says by which hash the entry is known now.
    """

    log: str
    id: str
    place: int
    salt: str
    number: int
    index: int
    leaf: str
    path: tuple[tuple[Literal["left", "right"], str], ...]
    attachments: tuple[str, ...] = ()
    amendment: int | None = None


async def proofs(
    store: LedgerStore, organization_id: str, log: str, entries: Sequence[Entry]
) -> AsyncIterator[Proof]:
    """The proofs of entries in the order of their places; what is not covered yet has none."""
    tree, number, through = merkle.Tree(()), 0, -1
    index: dict[str, tuple[int, Leaf]] = {}
    amended: dict[int, int] = {}
    for entry in entries:
        if entry.place > through:
            covering = await store.covering(None, organization_id, log, entry.place)
            if covering is None:
                return
            number, through, leaves = covering
            tree = merkle.Tree([each.hash for each in leaves])
            index = {each.id: (at, each) for at, each in enumerate(leaves)}
            amended = await _amended(store, organization_id, number)
        if entry.id in index:
            at, found = index[entry.id]
            yield Proof(
                log=log,
                id=entry.id,
                place=entry.place,
                salt=found.salt.hex(),
                number=number,
                index=at,
                leaf=found.hash.hex(),
                path=tuple((side, each.hex()) for side, each in tree.path(at)),
                attachments=entry.attachments,
                amendment=amended.get(at),
            )


def holds(proof: Proof, organization_id: str, entry: Entry, links: Mapping[int, Link]) -> bool:
    """Say whether an entry is the one that these (verified) links cover."""
    hashed = leaf(organization_id, proof.log, entry, bytes.fromhex(proof.salt)).hex()
    known = proof.leaf if proof.amendment is None else _since(proof, links)
    batch = links[proof.number].content if proof.number in links else None
    if hashed != known or not isinstance(batch, Batch) or batch.log != proof.log:
        return False
    steps = [(side, bytes.fromhex(each)) for side, each in proof.path]
    return merkle.root_from(bytes.fromhex(proof.leaf), steps).hex() == batch.root


def _since(proof: Proof, links: Mapping[int, Link]) -> str | None:
    link = links.get(proof.amendment or 0)
    if link is None or not isinstance(link.content, Amendment):
        return None
    place = (proof.number, proof.index, proof.leaf)
    found = [e.now for e in link.content.entries if (e.batch, e.index, e.was) == place]
    return found[-1] if found else None


async def _amended(store: LedgerStore, organization_id: str, number: int) -> dict[int, int]:
    """The last amendment of each amended entry of a checkpoint."""
    amended: dict[int, int] = {}
    for kept in await store.amending(organization_id, number):
        content = kept.signed.link.content
        if isinstance(content, Amendment):
            amended |= {e.index: kept.number for e in content.entries if e.batch == number}
    return amended
