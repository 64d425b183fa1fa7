"""How far a statement is found by what it refers to: a document has room for so much."""

import uuid
from itertools import permutations
from typing import Any

import bson
import pytest

from lrs.errors import TooLarge
from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.statements import references
from lrs.statements.document import MOST_TARGET_KEYS, refuse_too_large, to_document
from lrs.statements.intake import NewStatement, admit
from lrs.statements.references import found_by
from lrs.verification import Verification
from tests.lrs.conftest import AUTHORITY, ORGANIZATION, Statement, a_statement

MIB = 2**20


def key_set(first: int, count: int) -> dict[str, list[int]]:
    return {"keys": list(range(first, first + count))}


def test_targets_count_from_the_nearest_on_until_they_are_too_many() -> None:
    own, near, far = key_set(-9, 9), key_set(0, 60_000), key_set(60_000, 60_000)
    assert found_by(own, [near])["via"] == [own, near]
    assert found_by(own, [near, far, key_set(-20, 1)])["via"] == [own, near]
    assert found_by(own, [near, far])["keys"] == own["keys"] + near["keys"]
    assert found_by(own, [key_set(0, MOST_TARGET_KEYS + 1)]) == {"via": [own], **own}


def a_comment(text_bytes: int) -> NewStatement:
    """A comment of some size, by a group of many."""
    members = [{"mbox": f"mailto:{number}@example.com"} for number in range(20_000)]
    statement = a_statement(
        actor={"objectType": "Group", "member": members},
        object={"objectType": "StatementRef", "id": str(uuid.uuid4())},
        result={"response": "x" * text_bytes},
    )
    (comment,) = admit([statement], authority=AUTHORITY, version="1.0.3")
    return comment


def test_what_is_taken_has_room_for_the_keys_of_its_targets() -> None:
    """A statement that could outgrow MongoDB's 16 MiB is refused before it is written."""
    for size in range(16, 0, -1):
        comment = a_comment(size * MIB)
        try:
            refuse_too_large(ORGANIZATION, [comment])
        except TooLarge:
            continue
        break
    assert size > 8
    document = to_document(ORGANIZATION, comment, 1)
    targets = [key_set(2**62 + number * 10, 10) for number in range(MOST_TARGET_KEYS // 10)]
    found = found_by({"keys": comment.keys}, targets)
    assert len(found["via"]) == 1 + len(targets)
    assert len(bson.encode({**document, **found})) < 16 * MIB


def a_chain() -> list[Statement]:
    """Four statements, each about the one before it, and each with a verb of its own."""
    chain: list[Statement] = []
    for number in range(4):
        target = {"object": {"objectType": "StatementRef", "id": chain[-1]["id"]}} if chain else {}
        chain.append(a_statement(verb={"id": f"https://example.com/{number}"}, **target))
    return chain


async def test_a_chain_is_followed_alike_in_every_order_of_arrival(
    database: Any, log: StatementLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [len(each.keys) for each in admit(a_chain(), authority=AUTHORITY, version="1.0.3")]
    monkeypatch.setattr(references, "MOST_TARGET_KEYS", keys[0] + keys[1])
    for number, order in enumerate(permutations(range(4))):
        organization_id, chain = f"organization-{number}", a_chain()
        for place in order:
            await log.record(organization_id, [chain[place]], authority=AUTHORITY)
        for verb, expected in enumerate(([0, 1, 2], [1, 2, 3], [2, 3], [3])):
            query = StatementQuery(verb=f"https://example.com/{verb}")
            found = {
                each.statement_id for each in (await log.find(organization_id, query)).statements
            }
            assert found == {chain[place]["id"] for place in expected}, order
    assert [each async for each in Verification(database).run()] == []
