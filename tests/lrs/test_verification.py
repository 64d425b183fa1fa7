"""`lyceum lrs verify` finds whatever somebody does to the stored log, and names it."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from lrs import verification
from lrs.log import StatementLog
from lrs.statements.intake import admit
from lrs.store import ATTACHMENT_FILES
from lrs.verification import Verification
from tests.lrs.conftest import ORGANIZATION, Statement, a_statement, voiding
from tests.lrs.messages import described

AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.com"}
DATA = b"some bytes"
Tamper = Callable[[Any, dict[str, str]], Awaitable[object]]


def reference_to(statement_id: str) -> Statement:
    return a_statement(object={"objectType": "StatementRef", "id": statement_id})


async def attached(log: StatementLog) -> str:
    """Record a statement whose attachment came with it; return its id."""
    statement = a_statement(attachments=[described(DATA)])
    sha2 = statement["attachments"][0]["sha2"]
    upload = log.attachments.upload(ORGANIZATION, sha2)
    await upload.write(DATA)
    await upload.end()
    await log.attachments.finish([upload])
    (new,) = admit([statement], authority=AUTHORITY, version="1.0.3", parts_follow=True)
    new.attachments = [sha2]
    (statement_id,) = await log.append(ORGANIZATION, [new])
    return statement_id


@pytest.fixture
async def stored(log: StatementLog) -> dict[str, str]:
    """The `_id`s of a log with everything in it, by what they are."""
    plain, scored, gone = a_statement(), a_statement(result={"score": {"raw": 5}}), a_statement()
    remark, missing = reference_to(plain["id"]), str(uuid.uuid4())
    statements = {
        "plain": plain,
        "scored": scored,
        "gone": gone,
        "voiding": voiding(gone["id"]),
        "remark": remark,
        "about the remark": reference_to(remark["id"]),
        "early": reference_to(missing),
    }
    for each in statements.values():
        await log.record(ORGANIZATION, [each], authority=AUTHORITY)
    await log.record("organization-2", [plain], authority=AUTHORITY, version="2.0.0")
    ids = {name: f"{ORGANIZATION}/{each['id']}" for name, each in statements.items()}
    ids["attached"] = f"{ORGANIZATION}/{await attached(log)}"
    return ids | {"place": f"{ORGANIZATION}/{missing}"}


async def discrepancies(database: Any) -> list[tuple[str, str]]:
    return [(each.where, each.rule) async for each in Verification(database).run()]


async def test_a_log_that_nobody_touched_is_right(
    database: Any, stored: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await discrepancies(database) == []
    monkeypatch.setattr(verification, "BATCH", 2)
    check = Verification(database)
    assert [each async for each in check.run()] == []
    assert check.checked == 9


async def test_statements_that_refer_to_each_other_in_a_circle_are_right(
    database: Any, log: StatementLog
) -> None:
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    for own, target in ((one, other), (other, one)):
        await log.record(ORGANIZATION, [reference_to(target) | {"id": own}], authority=AUTHORITY)
    assert await discrepancies(database) == []


def put(name: str, **fields: Any) -> Tamper:
    return lambda database, ids: database.statements.update_one(
        {"_id": ids[name]}, {"$set": fields}
    )


def rewrite(name: str, **properties: Any) -> Tamper:
    async def tamper(database: Any, ids: dict[str, str]) -> None:
        document = await database.statements.find_one({"_id": ids[name]})
        raw = orjson.dumps({**orjson.loads(document["raw"]), **properties})
        await database.statements.update_one({"_id": ids[name]}, {"$set": {"raw": raw}})

    return tamper


def remove(name: str) -> Tamper:
    return lambda database, ids: database.statements.delete_one({"_id": ids[name]})


def settle_nothing(name: str) -> Tamper:
    async def tamper(database: Any, ids: dict[str, str]) -> None:
        document = await database.statements.find_one({"_id": ids[name]})
        own = document["via"][0]["keys"]
        await database.statements.update_one(
            {"_id": ids[name]}, {"$set": {"keys": own}, "$unset": {"via": 1}}
        )

    return tamper


async def copy_stored(database: Any, ids: dict[str, str]) -> None:
    document = await database.statements.find_one({"_id": ids["plain"]})
    await put("scored", stored=document["stored"])(database, ids)


async def lose_attachments(database: Any, _: dict[str, str]) -> None:
    await database[ATTACHMENT_FILES].delete_many({})


TAMPERED: dict[str, tuple[Tamper, list[tuple[str, str]]]] = {
    "raw that is not JSON": (put("plain", raw=b"{"), [("plain", "raw")]),
    "raw with a key twice": (put("plain", raw=b'{"id":1,"id":2}'), [("plain", "raw")]),
    "raw without authority": (put("plain", raw=b'{"version":"1.0.0"}'), [("plain", "raw")]),
    "an invalid statement": (rewrite("plain", actor={}), [("plain", "valid")]),
    "another id": (rewrite("plain", id=str(uuid.uuid4())), [("plain", "field")]),
    "another verb": (
        rewrite("plain", verb={"id": "https://example.com/v"}),
        [("plain", "field"), ("plain", "keys")],
    ),
    "another score": (rewrite("scored", result={"score": {"raw": 6}}), [("scored", "field")]),
    "another actor field": (put("plain", actor="mbox:mailto:x@y.z"), [("plain", "field")]),
    "another timestamp": (put("plain", timestamp=5), [("plain", "field")]),
    "another authority": (put("plain", authority="x"), [("plain", "field")]),
    "keys gone": (put("scored", keys=[]), [("scored", "keys")]),
    "stored in the future": (
        put("scored", stored=2**60),
        [("scored", "stored"), ("scored", "field")],
    ),
    "stored twice": (copy_stored, [("scored", "unique"), ("scored", "field")]),
    "voided by nobody": (put("plain", voided=True), [("plain", "voided")]),
    "no longer voided": (put("gone", voided=False), [("gone", "voided")]),
    "voiding statement gone": (remove("voiding"), [("gone", "voided")]),
    "target gone": (remove("plain"), [("remark", "reference")]),
    "place gone": (remove("place"), [("early", "reference")]),
    "target's keys not taken over": (
        settle_nothing("remark"),
        [("remark", "reference"), ("about the remark", "reference")],
    ),
    "attachment lost": (lose_attachments, [("attached", "attachment")]),
    "attachment that did not come": (put("attached", attachments=[]), [("attached", "attachment")]),
    "attachment of nothing": (
        put("plain", attachments=["0" * 64]),
        [("plain", "attachment"), ("plain", "attachment")],
    ),
    "place that nobody needs": (remove("early"), [("place", "place")]),
}


@pytest.mark.parametrize(("tamper", "expected"), TAMPERED.values(), ids=TAMPERED)
async def test_what_was_tampered_with_is_named(
    database: Any, stored: dict[str, str], tamper: Tamper, expected: list[tuple[str, str]]
) -> None:
    await tamper(database, stored)
    found = await discrepancies(database)
    assert sorted(found) == sorted((stored[name], rule) for name, rule in expected)


@pytest.mark.parametrize("index", ["by_stored", "by_key", "by_target"])
async def test_a_missing_index_is_named(reindexed: Any, stored: dict[str, str], index: str) -> None:
    await reindexed.statements.drop_index(index)
    assert await discrepancies(reindexed) == [(f"statements.{index}", "index")]
