"""Pools: questions that each attempt draws anew from the question bank.

Every question of a pool is worth the same, so that all learners can earn the same. Who takes a
quiz again is given questions they have not seen, as long as there are any.
"""

from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct, structs

from content.findings import Finding
from content.quizzes.bank import questions as bank
from content.quizzes.bank.questions import BankFilter, BankQuestion
from content.quizzes.questions import AnyQuestion
from content.quizzes.shuffles import drawn
from content.store import Store

MOST_POOLS: Final = 50
MOST_DRAWN: Final = 200


class Pool(Struct, frozen=True, kw_only=True):
    """`count` questions of a category and those below it, with the tag where there is one; each
    is worth `points`.
    """

    category_id: str
    count: int
    points: float = 1.0
    tag: str | None = None


async def draw(
    store: Store,
    organization_id: str,
    pools: Sequence[Pool],
    seed: str,
    seen: Collection[str] = (),
) -> tuple[AnyQuestion, ...]:
    """The questions that a seed draws, none twice, of those not seen first."""
    found: list[AnyQuestion] = []
    taken: set[str] = set()
    for number, pool in enumerate(pools):
        ids = await _candidates(store, organization_id, pool)
        fresh = [each for each in ids if each not in taken and each not in seen]
        rest = [each for each in ids if each not in taken and each in seen]
        chosen = [fresh[i] for i in drawn(pool.count, len(fresh), seed, str(number))]
        missing = pool.count - len(chosen)
        chosen += [rest[i] for i in drawn(missing, len(rest), seed, str(number))]
        taken |= set(chosen)
        found += await _questions(store, organization_id, chosen, pool.points)
    return tuple(found)


async def broken(store: Store, organization_id: str, pools: Sequence[Pool]) -> list[Finding]:
    """What is wrong with pools: numbers out of range, and categories without enough questions."""
    if len(pools) > MOST_POOLS:
        return [Finding(where="pools", detail=f"must be at most {MOST_POOLS}")]
    wrong: list[Finding] = []
    if sum(pool.count for pool in pools) > MOST_DRAWN:
        wrong.append(Finding(where="pools", detail=f"must draw at most {MOST_DRAWN} questions"))
    for index, pool in enumerate(pools):
        where = f"pools/{index}"
        if not 1 <= pool.count <= MOST_DRAWN:
            detail = f"must be from 1 to {MOST_DRAWN}"
            wrong.append(Finding(where=f"{where}/count", detail=detail))
        if not 0 <= pool.points <= 10_000:
            wrong.append(Finding(where=f"{where}/points", detail="must be from 0 to 10000"))
        there = len(await _candidates(store, organization_id, pool))
        if there < pool.count:
            detail = f"is more than the {there} questions of the category"
            wrong.append(Finding(where=f"{where}/count", detail=detail))
    return wrong


async def _candidates(store: Store, organization_id: str, pool: Pool) -> list[str]:
    filters = BankFilter(category_id=pool.category_id, tag=pool.tag)
    return await bank.ids(store, organization_id, filters)


async def _questions(
    store: Store, organization_id: str, ids: Sequence[str], points: float
) -> list[AnyQuestion]:
    query = {"_id": {"$in": list(ids)}}
    found = {e.id: e for e in await store.of(BankQuestion).all(organization_id, query)}
    return [structs.replace(found[each].question, points=points) for each in ids if each in found]
