"""Exports: every statement once, in order, streamed, and gone on with where they stopped."""

import csv
import io
import tracemalloc
from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from lrs.errors import BadRequest
from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.timestamps import parse_timestamp
from lrs.transfers import export
from lrs.transfers.columns import DEFAULT_COLUMNS, MOST_COLUMNS, read_columns, value_at
from tests.lrs.conftest import ORGANIZATION, a_statement, voiding

AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lrs@example.com"}
EVERYTHING = StatementQuery()


async def _record(log: StatementLog, statements: Iterable[Any], organization: str) -> None:
    await log.record(organization, list(statements), authority=AUTHORITY)


async def _exported(
    log: StatementLog, query: StatementQuery = EVERYTHING, organization: str = ORGANIZATION
) -> list[Any]:
    through = await export.complete_through(log)
    found = export.statements(log, organization, query, through)
    ndjson = b"".join([part async for part in export.as_ndjson(found)])
    assert ndjson.endswith(b"\n") or not ndjson
    return [orjson.loads(line) for line in ndjson.splitlines()]


async def _rows(log: StatementLog, columns: tuple[str, ...]) -> list[list[str]]:
    through = await export.complete_through(log)
    found = export.statements(log, ORGANIZATION, EVERYTHING, through)
    content = b"".join([part async for part in export.as_csv(found, columns)])
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


async def test_every_statement_once_oldest_first_as_it_was_stored(log: StatementLog) -> None:
    sent = [a_statement() for _ in range(1203)]
    await _record(log, sent, ORGANIZATION)
    found = await _exported(log)
    assert [each["id"] for each in found] == [each["id"] for each in sent]
    assert [each["stored"] for each in found] == sorted(each["stored"] for each in found)
    kept = await log.get(ORGANIZATION, sent[0]["id"])
    assert kept is not None
    assert found[0] == orjson.loads(kept.raw)


async def test_an_export_holds_nothing_of_another_organization(log: StatementLog) -> None:
    mine, theirs = a_statement(), a_statement()
    await _record(log, [mine], ORGANIZATION)
    await _record(log, [theirs], "another")
    assert [each["id"] for each in await _exported(log)] == [mine["id"]]
    assert [each["id"] for each in await _exported(log, organization="another")] == [theirs["id"]]
    assert await _exported(log, organization="nobody") == []


async def test_voided_statements_are_left_out_and_their_voiding_is_there(log: StatementLog) -> None:
    statement = a_statement()
    void = voiding(statement["id"])
    await _record(log, [statement], ORGANIZATION)
    await _record(log, [void], ORGANIZATION)
    assert [each["id"] for each in await _exported(log)] == [void["id"]]


async def test_filters_and_limit_are_those_of_a_query(log: StatementLog) -> None:
    sent = [a_statement(actor={"mbox": f"mailto:{n % 2}@example.com"}) for n in range(10)]
    await _record(log, sent, ORGANIZATION)
    query = StatementQuery(agent="mbox:mailto:1@example.com", limit=3)
    assert [each["id"] for each in await _exported(log, query)] == [
        each["id"] for each in sent[1:7:2]
    ]


async def test_an_export_goes_on_behind_the_last_statement_that_came(log: StatementLog) -> None:
    sent = [a_statement() for _ in range(20)]
    await _record(log, sent, ORGANIZATION)
    first = await _exported(log, StatementQuery(limit=7))
    place = parse_timestamp(first[-1]["stored"])
    rest = await _exported(log, StatementQuery(since=place))
    assert [each["id"] for each in first + rest] == [each["id"] for each in sent]


async def test_what_comes_while_it_runs_is_left_to_the_next_one(log: StatementLog) -> None:
    sent = [a_statement() for _ in range(3)]
    await _record(log, sent, ORGANIZATION)
    through = await export.complete_through(log)
    found = export.statements(log, ORGANIZATION, EVERYTHING, through)
    first = orjson.loads(await anext(found))
    await _record(log, [a_statement()], ORGANIZATION)
    rest = [orjson.loads(each) async for each in found]
    assert [each["id"] for each in [first, *rest]] == [each["id"] for each in sent]


async def test_a_cursor_that_mongodb_forgot_is_opened_anew(
    log: StatementLog, database: Any
) -> None:
    sent = [a_statement() for _ in range(1600)]
    await _record(log, sent, ORGANIZATION)
    found = log.stream(ORGANIZATION, StatementQuery(ascending=True, limit=1599))
    ids = [orjson.loads(await anext(found))["id"]]
    await _kill_cursors(database)
    ids += [orjson.loads(each)["id"] async for each in found]
    assert ids == [each["id"] for each in sent[:1599]]


async def _kill_cursors(database: Any) -> None:
    """End every cursor over the statements, as time does."""
    idle = [{"$currentOp": {"idleCursors": True}}, {"$match": {"type": "idleCursor"}}]
    admin = database.client.admin
    name = f"{database.name}.statements"
    operations = [each async for each in await admin.aggregate(idle) if each["ns"] == name]
    cursors = [each["cursor"]["cursorId"] for each in operations]
    assert cursors
    await database.command({"killCursors": "statements", "cursors": cursors})


async def test_memory_does_not_grow_with_the_export(log: StatementLog) -> None:
    """30 MB of statements pass; what is kept is some portions and a batch of the driver's."""
    text = {"en": "x" * 10_000}
    for _ in range(6):
        verb = {"id": "http://example.com/verbs/read", "display": text}
        await _record(log, (a_statement(verb=verb) for _ in range(500)), ORGANIZATION)
    through = await export.complete_through(log)
    found = export.statements(log, ORGANIZATION, EVERYTHING, through)
    largest = total = 0
    tracemalloc.start()
    async for part in export.as_ndjson(found):
        largest, total = max(largest, len(part)), total + len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 30_000_000
    assert largest < 200_000
    assert peak < 20_000_000


async def test_a_row_has_the_columns_that_were_asked_for(log: StatementLog) -> None:
    statement = a_statement(
        verb={"id": "http://example.com/verbs/v", "display": {"de": "tat", "en-GB": "did"}},
        result={"score": {"scaled": 0.85}, "success": True, "completion": False},
        context={
            "extensions": {"http://example.com/a.b": {"n": [1, {"m.n": 2}]}},
            "contextActivities": {"parent": [{"id": "http://example.com/parent"}]},
        },
    )
    await _record(log, [statement], ORGANIZATION)
    wanted = {
        "id": statement["id"],
        "verb.display": "did",
        "verb.display.de": "tat",
        "result.score.scaled": "0.85",
        "result.success": "true",
        "result.completion": "false",
        "result.duration": "",
        "context.contextActivities.parent.0.id": "http://example.com/parent",
        "context.extensions.http://example.com/a.b.n.0": "1",
        "context.extensions.http://example.com/a.b.n.1.m.n": "2",
        "context.extensions.http://example.com/a.b.n": '[1,{"m.n":2}]',
    }
    heading, row = await _rows(log, tuple(wanted))
    assert dict(zip(heading, row, strict=True)) == wanted


async def test_cells_of_any_text_come_back_whole_and_none_is_a_formula(log: StatementLog) -> None:
    texts = ['say "hi", twice', "two\nlines", "umlaut ü 漢字", "=1+1", "@cmd", "-2", "+3"]
    actors = [{"name": text, "mbox": "mailto:a@example.com"} for text in texts]
    await _record(log, (a_statement(actor=actor) for actor in actors), ORGANIZATION)
    _, *rows = await _rows(log, ("actor.name",))
    assert [row[0] for row in rows] == texts[:3] + [f"'{text}" for text in texts[3:]]


def test_default_columns_can_be_gone_on_with() -> None:
    assert read_columns(None) == DEFAULT_COLUMNS
    assert "stored" in DEFAULT_COLUMNS


@pytest.mark.parametrize("text", ["ids", "id,,verb.id", "id,=cmd", ",".join(["id"] * 201)])
def test_columns_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_columns(text)
    assert {each.where for each in refused.value.findings} == {"columns"}
    assert MOST_COLUMNS == 200


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("a.b.c", None),
        ("list.1", "two"),
        ("list.7", None),
        ("list.x", None),
        ("http://e.com/x.y", "dotted"),
        ("", {"a": {"b": 1}, "list": ["one", "two"], "http://e.com/x.y": "dotted"}),
    ],
)
def test_a_path_leads_to_a_value_or_to_nothing(path: str, value: Any) -> None:
    plain = {"a": {"b": 1}, "list": ["one", "two"], "http://e.com/x.y": "dotted"}
    assert value_at(plain, path) == value
