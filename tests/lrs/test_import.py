"""Imports: every line is answered, and sending a file again is harmless."""

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from lrs.log import Limits, StatementLog
from lrs.query import StatementQuery
from lrs.transfers import export
from lrs.transfers.importing import Importer, Outcome
from lrs.transfers.lines import Line, read_lines
from lrs.verification import Verification
from tests.lrs.conftest import ORGANIZATION, a_statement, voiding
from tests.lrs.messages import Messenger, described, part
from tests.lrs.signing import signed, token_of

IMPORTER = {"objectType": "Agent", "mbox": "mailto:importer@example.com"}
LONGEST = 2**20
PHOTO = b"a photo"


async def _chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _ndjson(statements: Sequence[Any]) -> bytes:
    return b"".join(orjson.dumps(each) + b"\n" for each in statements)


async def _import(
    log: StatementLog,
    content: bytes,
    *,
    organization: str = ORGANIZATION,
    keep_authority: bool = False,
) -> list[Outcome]:
    importer = Importer(log, organization, authority=IMPORTER, keep_authority=keep_authority)
    lines = read_lines(_chunks(content), LONGEST)
    return [each async for outcomes in importer.outcomes(lines) for each in outcomes]


async def _exported(log: StatementLog, organization: str = ORGANIZATION) -> list[bytes]:
    through = await export.complete_through(log)
    found = export.statements(log, organization, StatementQuery(), through)
    return [each async for each in found]


def _statuses(outcomes: Sequence[Outcome]) -> list[str]:
    return [each.status for each in sorted(outcomes, key=lambda each: each.line)]


async def test_what_is_imported_is_there_in_the_order_of_the_file(log: StatementLog) -> None:
    sent = [a_statement() for _ in range(1201)]
    outcomes = await _import(log, _ndjson(sent))
    assert [each.line for each in outcomes] == list(range(1, 1202))
    assert set(_statuses(outcomes)) == {"accepted"}
    found = [orjson.loads(each) for each in await _exported(log)]
    assert [each["id"] for each in found] == [each["id"] for each in sent]
    assert all(each["authority"] == IMPORTER for each in found)


async def test_the_same_file_again_changes_nothing(log: StatementLog) -> None:
    content = _ndjson([a_statement(), a_statement(id=None), a_statement(timestamp=None)])
    assert _statuses(await _import(log, content)) == ["accepted"] * 3
    before = await _exported(log)
    assert _statuses(await _import(log, content)) == ["unchanged"] * 3
    assert await _exported(log) == before


async def test_an_import_that_was_cut_is_finished_by_the_whole_file(log: StatementLog) -> None:
    sent = [a_statement() for _ in range(40)]
    content = _ndjson(sent)
    cut = content[: len(content) // 2 + 50]
    first = _statuses(await _import(log, cut))
    assert first[-1] == "invalid"
    assert set(first[:-1]) == {"accepted"}
    taken = len(first) - 1
    again = _statuses(await _import(log, content))
    assert again == ["unchanged"] * taken + ["accepted"] * (40 - taken)
    assert len(await _exported(log)) == 40


async def test_an_export_comes_back_into_another_store_the_same(log: StatementLog) -> None:
    sent = [a_statement(timestamp="2020-02-02T02:02:02.000Z") for _ in range(5)]
    await log.record(ORGANIZATION, sent, authority={"mbox": "mailto:first@example.com"})
    exported = await _exported(log)
    content = b"\n".join(exported)
    outcomes = await _import(log, content, organization="another", keep_authority=True)
    assert set(_statuses(outcomes)) == {"accepted"}
    copied = [orjson.loads(each) for each in await _exported(log, "another")]
    for old, new in zip(map(orjson.loads, exported), copied, strict=True):
        assert new.pop("stored") > old.pop("stored")
        assert new == old


async def test_the_moment_of_a_statement_without_one_is_when_it_was_stored_elsewhere(
    log: StatementLog,
) -> None:
    elsewhere = a_statement(timestamp=None, stored="2019-01-01T00:00:00.000Z")
    await _import(log, _ndjson([elsewhere]))
    (found,) = [orjson.loads(each) for each in await _exported(log)]
    assert found["timestamp"] == "2019-01-01T00:00:00.000Z"
    assert found["stored"] > "2026"


async def test_each_bad_line_is_told_and_holds_up_none_beside_it(log: StatementLog) -> None:
    good, taken = a_statement(), a_statement()
    await log.record(ORGANIZATION, [taken], authority=IMPORTER)
    lines = [
        orjson.dumps(good),
        b"{not json",
        orjson.dumps(a_statement(verb=None, actor={"mbox": "nobody"})),
        b"",
        b"[]",
        orjson.dumps({**taken, "verb": {"id": "http://example.com/verbs/other"}}),
        b"x" * (LONGEST + 1),
        orjson.dumps(taken),
    ]
    outcomes = {each.line: each for each in await _import(log, b"\r\n".join(lines))}
    statuses = {line: each.status for line, each in outcomes.items()}
    assert statuses == {
        1: "accepted",
        2: "invalid",
        3: "invalid",
        5: "invalid",
        6: "conflict",
        7: "invalid",
        8: "unchanged",
    }
    assert {each.where for each in outcomes[3].findings} >= {"/actor/mbox"}
    assert len(outcomes[3].findings) >= 2
    assert outcomes[6].id == taken["id"]
    assert outcomes[6].findings
    assert await log.get(ORGANIZATION, good["id"]) is not None


async def test_an_id_twice_in_a_file_is_one_statement_or_a_conflict(log: StatementLog) -> None:
    one = a_statement()
    other = {**one, "verb": {"id": "http://example.com/verbs/other"}}
    outcomes = await _import(log, _ndjson([one, one, other]))
    assert _statuses(outcomes) == ["accepted", "unchanged", "conflict"]


async def test_a_voiding_in_the_file_voids(log: StatementLog) -> None:
    statement = a_statement()
    void = voiding(statement["id"])
    await _import(log, _ndjson([void, statement]))
    assert [orjson.loads(each)["id"] for each in await _exported(log)] == [void["id"]]


async def test_an_import_reaches_its_own_organization_alone(log: StatementLog) -> None:
    statement = a_statement()
    await log.record("another", [statement], authority=IMPORTER)
    assert _statuses(await _import(log, _ndjson([statement]))) == ["accepted"]
    assert len(await _exported(log, "another")) == 1


async def test_own_authorities_are_kept_only_where_that_is_asked(log: StatementLog) -> None:
    own = {"objectType": "Agent", "mbox": "mailto:own@example.com"}
    content = _ndjson([a_statement(authority=own), a_statement()])
    await _import(log, content, keep_authority=True)
    found = [orjson.loads(each)["authority"] for each in await _exported(log)]
    assert found == [own, IMPORTER]


async def test_a_full_queue_is_waited_for(database: Any) -> None:
    log = StatementLog(database, limits=Limits(waiting_statements=7))
    await log.start()
    try:
        content = _ndjson([a_statement() for _ in range(30)])
        assert set(_statuses(await _import(log, content))) == {"accepted"}
    finally:
        await log.stop()


async def test_statements_of_the_second_version_are_taken_as_such(log: StatementLog) -> None:
    group = {"objectType": "Group", "account": {"homePage": "http://example.com", "name": "g"}}
    context = {"contextGroups": [{"objectType": "contextGroup", "group": group}]}
    newer = a_statement(version="2.0.0", context=context)
    older = a_statement(version="1.0.3", context=context)
    assert _statuses(await _import(log, _ndjson([newer, older]))) == ["accepted", "invalid"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_lines_are_the_same_in_chunks_of_any_size(size: int) -> None:
    content = b"one\n\n  two\r\n" + b"x" * 20 + b"\nthree\n" + b"y" * 21
    expected = [Line(1, b"one"), Line(3, b"two"), Line(4, None), Line(5, b"three"), Line(6, None)]
    found = [each async for each in read_lines(_chunks(content, size), longest=10)]
    assert found == expected


async def test_an_id_is_made_of_the_line_where_there_is_none(log: StatementLog) -> None:
    (outcome,) = await _import(log, _ndjson([a_statement(id=None)]))
    assert outcome.id is not None
    assert uuid.UUID(outcome.id).version == 5


async def _signed(xapi: Any) -> tuple[Any, bytes]:
    """Record a signed statement with a photo; return it and the signature."""
    unsigned = a_statement(attachments=[described(PHOTO)])
    token = token_of(unsigned)
    statement = signed(unsigned, token)
    await Messenger(xapi).store(statement, part(PHOTO), part(token))
    return statement, token


async def test_an_export_with_attachments_is_taken_by_the_same_store(
    log: StatementLog, xapi: Any, database: Any
) -> None:
    statement, token = await _signed(xapi)
    content = _ndjson([orjson.loads(each) for each in await _exported(log)])
    assert _statuses(await _import(log, content, keep_authority=True)) == ["unchanged"]
    await database.statements.delete_many({})
    assert _statuses(await _import(log, content, keep_authority=True)) == ["accepted"]
    found, parts = await Messenger(xapi).get(statementId=statement["id"])
    assert found["attachments"] == statement["attachments"]
    assert sorted(data for _, data in parts) == sorted([PHOTO, token])
    await log.attachments.sweep(datetime.now(UTC) + timedelta(days=2))
    assert [each async for each in Verification(database).run()] == []


async def test_lines_that_need_bytes_that_are_not_stored_are_named(
    log: StatementLog, xapi: Any
) -> None:
    statement, _ = await _signed(xapi)
    bare = a_statement(attachments=[described(b"elsewhere")])
    linked = a_statement(attachments=[described(b"linked", fileUrl="https://example.com/1")])
    outcomes = await _import(log, _ndjson([statement, bare, linked]), organization="another")
    assert _statuses(outcomes) == ["invalid", "invalid", "accepted"]
    by_line = {each.line: each for each in outcomes}
    told = [(each.where, each.detail) for each in by_line[1].findings]
    photo, signature = (each["sha2"] for each in statement["attachments"])
    stored = "and its bytes are not stored here: sha2"
    assert told == [
        ("/attachments/0", f"has no fileUrl, {stored} {photo}"),
        ("/attachments/1", f"is a signature, {stored} {signature}"),
    ]
    assert by_line[2].findings[0].requirement == "XAPI-00129"


async def test_a_stored_signature_of_another_statement_is_refused(
    log: StatementLog, xapi: Any
) -> None:
    statement, _ = await _signed(xapi)
    other = {**statement, "id": str(uuid.uuid4())}
    (outcome,) = await _import(log, _ndjson([other]))
    assert outcome.status == "invalid"
    assert [each.rule for each in outcome.findings] == ["signature"]
