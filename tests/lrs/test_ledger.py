"""The ledger shows whatever somebody does to the log in MongoDB, and where; an erasure stays
possible, and nothing else can pretend to be one."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lrs.errors import BadReceipt, KeyReadable, KeyUnreadable
from lrs.ledger import merkle, receipts
from lrs.ledger.keys import Keys
from lrs.ledger.ledger import Ledger, Pace
from lrs.ledger.links import SignedLink
from lrs.ledger.source import StatementSource
from lrs.ledger.verification import Breach, Verification
from lrs.log import StatementLog
from tests.lrs.chain import a_ledger
from tests.lrs.conftest import ORGANIZATION, a_statement
from tests.lrs.test_erasure import ADA, ANONYMOUS, AUTHORITY, GRACE, PERSON, erasure

PACE = Pace(entries=4, every=timedelta(0))
Tamper = Callable[[Any, list[str]], Awaitable[object]]


async def recorded(log: StatementLog, count: int, **properties: Any) -> list[str]:
    """Record statements, one after the other; return their ids."""
    statements = [a_statement(**{"actor": GRACE, **properties}) for _ in range(count)]
    return await log.record(ORGANIZATION, statements, authority=AUTHORITY)


@pytest.fixture
async def ids(database: Any, log: StatementLog) -> list[str]:
    """Ten statements that are covered by three checkpoints: links 2 to 4."""
    recorded_ids = await recorded(log, 10)
    assert await a_ledger(database, PACE).advance(ORGANIZATION, at_once=True) == 3
    return recorded_ids


async def breaches(
    database: Any, receipt: SignedLink | None = None, known_keys: Sequence[str] = ()
) -> list[Breach]:
    ledger = a_ledger(database)
    check = Verification(ledger.store, ORGANIZATION, ledger.sources, receipt, known_keys)
    return [each async for portion in check.run() for each in portion]


def brief(found: list[Breach]) -> list[tuple[str, int, str]]:
    return [(each.code, each.number, each.where) for each in found]


def document(statement_id: str) -> dict[str, str]:
    return {"_id": f"{ORGANIZATION}/{statement_id}"}


def link(number: int) -> dict[str, str]:
    return {"_id": f"{ORGANIZATION}/{number}"}


async def alter(database: Any, ids: list[str]) -> None:
    found = await database.statements.find_one(document(ids[5]))
    raw = found["raw"].replace(b"completed", b"commented")
    await database.statements.update_one(document(ids[5]), {"$set": {"raw": raw}})


async def remove(database: Any, ids: list[str]) -> None:
    await database.statements.delete_one(document(ids[5]))


async def insert(database: Any, ids: list[str]) -> None:
    found = await database.statements.find_one(document(ids[5]))
    other = {"_id": f"{ORGANIZATION}/inserted", "stored": found["stored"] + 1}
    await database.statements.insert_one({**found, **other})


async def move(database: Any, ids: list[str]) -> None:
    """To where a former checkpoint covers."""
    first = await database.statements.find_one(document(ids[0]))
    moved = {"$set": {"stored": first["stored"] + 1}}
    await database.statements.update_one(document(ids[5]), moved)


async def swap(database: Any, ids: list[str]) -> None:
    """Two of one checkpoint."""
    one, other = [await database.statements.find_one(document(each)) for each in ids[4:6]]
    for each, place in ((one, other["stored"]), (other, one["stored"])):
        await database.statements.update_one({"_id": each["_id"]}, {"$set": {"stored": place}})


async def bring_attachment(database: Any, ids: list[str]) -> None:
    came = {"$set": {"attachments": ["0" * 64]}}
    await database.statements.update_one(document(ids[5]), came)


TAMPERED_STATEMENTS: dict[str, tuple[Tamper, list[tuple[str, int, int | str]]]] = {
    "altered": (alter, [("altered", 3, 5)]),
    "removed": (remove, [("removed", 3, 5)]),
    "inserted with an old stored": (insert, [("inserted", 3, "inserted")]),
    "moved to another time": (move, [("inserted", 2, 5), ("moved", 3, 5)]),
    "in another order": (swap, [("altered", 3, 4), ("altered", 3, 5)]),
    "with another attachment": (bring_attachment, [("altered", 3, 5)]),
}


async def test_what_nobody_touched_is_as_it_was_signed(database: Any, ids: list[str]) -> None:
    ledger = a_ledger(database)
    check = Verification(ledger.store, ORGANIZATION, ledger.sources)
    assert [each async for portion in check.run() for each in portion] == []
    assert (check.checked, check.total, check.links) == (10, 10, 4)


@pytest.mark.parametrize("case", TAMPERED_STATEMENTS.values(), ids=TAMPERED_STATEMENTS)
async def test_a_tampered_statement_is_found_and_located(
    database: Any, ids: list[str], case: tuple[Tamper, list[tuple[str, int, int | str]]]
) -> None:
    tamper, expected = case
    await tamper(database, ids)
    found = await breaches(database)
    assert brief(found) == [
        (code, number, ids[where] if isinstance(where, int) else where)
        for code, number, where in expected
    ]
    assert all(each.where in str(each) and "statement of 20" in str(each) for each in found)


async def alter_link(database: Any, ids: list[str]) -> None:
    found = await database.ledger_links.find_one(link(3))
    body = found["body"].replace(b'"count":4', b'"count":5')
    await database.ledger_links.update_one(link(3), {"$set": {"body": body}})


async def remove_link(database: Any, ids: list[str]) -> None:
    await database.ledger_links.delete_one(link(3))


async def remove_last(database: Any, ids: list[str]) -> None:
    await database.ledger_links.delete_one(link(4))


async def sign_otherwise(database: Any, ids: list[str]) -> None:
    """A link that says what it said, under somebody else's key."""
    key = Ed25519PrivateKey.generate()
    found = await database.ledger_links.find_one(link(4))
    body = re.sub(rb'"key":"[0-9a-f]+"', b'"key":"0123456789abcdef"', found["body"])
    change = {"body": body, "signature": key.sign(body)}
    await database.ledger_links.update_one(link(4), {"$set": change})
    public = key.public_key().public_bytes_raw().hex()
    await database.ledger_keys.insert_one(
        {"_id": "0123456789abcdef", "organization_id": ORGANIZATION, "public": public}
    )


async def cover_up(database: Any, ids: list[str]) -> None:
    """A statement that is gone from its checkpoint's hashes as well."""
    await remove(database, ids)
    await database.ledger_leaves.update_one(link(3), {"$pull": {"leaves": {"id": ids[5]}}})


async def lose_hashes(database: Any, ids: list[str]) -> None:
    await database.ledger_leaves.delete_one(link(3))


async def pretend_erasure(database: Any, ids: list[str]) -> None:
    """What an erasure does to the hashes, and a link that nobody has signed."""
    await remove(database, ids)
    change = {"leaves.$[each].id": "", "leaves.$[each].salt": b""}
    await database.ledger_leaves.update_one(
        link(3), {"$set": change}, array_filters=[{"each.id": ids[5]}]
    )
    last = await database.ledger_links.find_one(link(4))
    said = orjson.loads(last["body"])
    entries = [{"batch": 3, "index": 1, "was": "", "now": None}]
    said["content"] = {"type": "amendment", "log": "statements", "reason": "", "entries": entries}
    said |= {"number": 5}
    fields = {**last, **link(5), "number": 5, "kind": "amendment", "touches": [3]}
    await database.ledger_links.insert_one({**fields, "body": orjson.dumps(said)})


TAMPERED_CHAINS: dict[str, tuple[Tamper, list[tuple[str, int]]]] = {
    "altered": (alter_link, [("checkpoint_altered", 3)]),
    "removed": (remove_link, [("checkpoint_removed", 3)]),
    "removed at the end": (remove_last, [("checkpoint_removed", 4)]),
    "signed by another key": (sign_otherwise, [("foreign_key", 4)]),
    "its hashes fitted": (cover_up, [("hashes_altered", 3)]),
    "its hashes removed": (lose_hashes, [("hashes_removed", 3)]),
    "an erasure pretended": (pretend_erasure, [("checkpoint_altered", 5), ("removed", 3)]),
}


@pytest.mark.parametrize("case", TAMPERED_CHAINS.values(), ids=TAMPERED_CHAINS)
async def test_a_tampered_chain_is_found_and_located(
    database: Any, ids: list[str], case: tuple[Tamper, list[tuple[str, int]]]
) -> None:
    tamper, expected = case
    await tamper(database, ids)
    assert [(each.code, each.number) for each in await breaches(database)] == expected


async def test_a_receipt_shows_that_the_chain_was_taken_back(database: Any, ids: list[str]) -> None:
    ledger = a_ledger(database)
    signed = await ledger.store.link(ORGANIZATION, 4)
    assert signed is not None
    public = (await ledger.keys.every(ORGANIZATION))[0].public
    written = receipts.write(receipts.receipt_of(signed, public))
    kept = receipts.signed_by(receipts.read(written))
    assert await breaches(database, kept) == []
    with pytest.raises(BadReceipt):
        receipts.read(written.replace(b'"number": 4', b'"number": 3'))

    former = await database.ledger_links.find_one(link(3))
    await database.ledger_links.delete_one(link(4))
    await database.ledger_leaves.delete_one(link(4))
    place = orjson.loads(former["body"])["content"]["through"]
    logs = {"statements": {"through": place, "total": 8, "at": None}}
    back = {"number": 3, "hash": SignedLink(body=former["body"], signature=b"").hash, "logs": logs}
    await database.ledger_heads.update_one({"_id": ORGANIZATION}, {"$set": back})
    assert await breaches(database) == [], "nothing in the database shows it"
    assert brief(await breaches(database, kept)) == [("rolled_back", 4, "")]

    await a_ledger(database).advance(ORGANIZATION, at_once=True)
    assert brief(await breaches(database, kept)) == [("not_the_receipts", 4, "")]


async def test_an_erasure_is_an_amendment_that_the_chain_vouches_for(
    database: Any, log: StatementLog
) -> None:
    (kept,) = await recorded(log, 1)
    (gone,) = await recorded(log, 1, actor=ADA)
    (taught,) = await recorded(log, 1, context={"instructor": ADA})
    ledger = a_ledger(database, PACE)
    await ledger.advance(ORGANIZATION, at_once=True)
    await log.record(ORGANIZATION, [a_statement(actor=ADA)], authority=AUTHORITY)

    async def erased(_: Any) -> None:
        return

    await erasure(database, log).statements(PERSON, erased)
    check = Verification(ledger.store, ORGANIZATION, ledger.sources)
    assert [each async for portion in check.run() for each in portion] == []
    assert (check.amendments, check.amended) == (1, 2)
    leaves = await ledger.store.leaves(ORGANIZATION, 2)
    assert leaves is not None
    assert [each.id for each in leaves] == [kept, "", taught]
    assert leaves[1].salt == b"", "what the statement said can't be tried out"

    back = {"_id": f"{ORGANIZATION}/{gone}", "organization_id": ORGANIZATION, "raw": b"{}"}
    await database.statements.insert_one({**back, "stored": leaves[1].place})
    assert brief(await breaches(database)) == [("inserted", 2, gone)]
    await database.statements.delete_one({"_id": back["_id"]})
    await database.statements.update_one(document(taught), {"$set": {"raw": b"{}"}})
    assert brief(await breaches(database)) == [("altered", 2, taught)]
    assert ANONYMOUS["account"]["name"] in str(await ledger.store.link(ORGANIZATION, 3))  # type: ignore[index]


async def test_an_erasure_while_a_checkpoint_is_made_is_not_missed(
    database: Any, log: StatementLog
) -> None:
    await recorded(log, 2, actor=ADA)

    class Interrupted(StatementSource):
        async def following(self, *asked: Any) -> Any:
            portion = await super().following(*asked)
            await erasure(database, log).statements(PERSON, erased)
            return portion

    async def erased(_: Any) -> None:
        return

    plain = a_ledger(database)
    await plain.rotate(ORGANIZATION)
    interrupted = Interrupted(database, plain.sources[0].through)
    ledger = Ledger(database, plain.keys, [interrupted], PACE)
    assert await ledger.advance(ORGANIZATION, at_once=True) == 0
    assert await breaches(database) == []


async def test_a_new_key_is_vouched_for_by_the_one_before(database: Any, ids: list[str]) -> None:
    key = await a_ledger(database).rotate(ORGANIZATION)
    keys = await a_ledger(database).keys.every(ORGANIZATION)
    assert [each.retired_at is None for each in keys] == [False, True]
    await a_ledger(database).rotate(ORGANIZATION)
    assert await breaches(database) == []
    kept = await database.ledger_keys.find_one({"_id": key.id})
    assert "private" not in kept


async def test_after_a_lost_key_the_chain_begins_anew_and_what_is_before_stays_proven(
    database: Any, log: StatementLog, ids: list[str]
) -> None:
    with pytest.raises(KeyReadable):
        await a_ledger(database).begin_anew(ORGANIZATION)
    other = MultiFernet([Fernet(Fernet.generate_key())])
    ledger = Ledger(database, Keys(database, other), a_ledger(database).sources, PACE)
    assert not await ledger.can_sign(ORGANIZATION)
    assert "LYCEUM_LEDGER_SECRET" in ledger.blocked[ORGANIZATION]
    await recorded(log, 2)
    with pytest.raises(KeyUnreadable):
        await ledger.advance(ORGANIZATION, at_once=True)
    key = await ledger.begin_anew(ORGANIZATION)
    assert await ledger.can_sign(ORGANIZATION)
    assert ledger.blocked == {}
    assert await ledger.advance(ORGANIZATION, at_once=True) == 1
    broken = [("key_lost", 5, "")]
    assert brief(await breaches(database)) == broken
    assert await breaches(database, known_keys=[key.id]) == []
    await alter(database, ids)
    found = brief(await breaches(database))
    assert found[:1] == broken
    assert len(found) > 1


async def test_checkpoints_come_by_number_or_in_time(database: Any, log: StatementLog) -> None:
    await recorded(log, 1)
    ledger = a_ledger(database, Pace(entries=4, every=timedelta(hours=1)))
    assert await ledger.advance(ORGANIZATION) == 1, "the first at once"
    await recorded(log, 3)
    assert await ledger.advance(ORGANIZATION) == 0
    await recorded(log, 6)
    assert await ledger.advance(ORGANIZATION) == 2
    assert await ledger.advance(ORGANIZATION, at_once=True) == 1
    assert await breaches(database) == []


async def test_nothing_is_covered_that_may_still_be_added_to(
    database: Any, log: StatementLog
) -> None:
    await recorded(log, 2)
    assert await a_ledger(database, PACE, through=1).advance(ORGANIZATION, at_once=True) == 0


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9])
def test_every_leaf_has_a_path_to_the_root(count: int) -> None:
    """RFC 9162, 2.1.3."""
    leaves = [merkle.leaf(bytes([each])) for each in range(count)]
    tree = merkle.Tree(leaves)
    for index, each in enumerate(leaves):
        assert merkle.root_from(each, tree.path(index)) == tree.root
    assert merkle.root_from(merkle.leaf(b"other"), tree.path(0)) != tree.root
