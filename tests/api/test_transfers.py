"""Statements out of and into the record store over REST."""

import csv
import gzip
import io
import json
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from api.services import Services
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.lrs.conftest import a_statement
from tests.lrs.messages import MULTIPART, body_of, described, part

EXPORT = "/xapi/statements/export"
IMPORT = "/xapi/statements/import"
NDJSON = {"Content-Type": "application/x-ndjson"}


async def _import(api: Api, statements: list[Any], query: str = "", status: int = 200) -> list[Any]:
    content = "\n".join(map(json.dumps, statements))
    answer = await api.call("POST", f"{IMPORT}{query}", data=content.encode(), headers=NDJSON)
    assert answer.status == status, await answer.text()
    return [json.loads(line) for line in (await answer.text()).splitlines()]


async def _export(api: Api, query: str = "") -> list[Any]:
    answer = await api.call("GET", f"{EXPORT}{query}")
    assert answer.status == 200, await answer.text()
    assert answer.content_type == "application/x-ndjson"
    return [json.loads(line) for line in (await answer.text()).splitlines()]


async def _rows(api: Api, query: str = "") -> list[list[str]]:
    answer = await api.call("GET", f"{EXPORT}.csv{query}")
    assert answer.status == 200, await answer.text()
    assert answer.content_type == "text/csv"
    return list(csv.reader(io.StringIO(await answer.text(), newline="")))


async def test_an_import_answers_every_line_and_sums_up(admin: Api) -> None:
    good, bad = a_statement(), a_statement(verb=None)
    *lines, last = await _import(admin, [good, bad])
    assert last["summary"] == {
        "lines": 2,
        "accepted": 1,
        "unchanged": 0,
        "conflict": 0,
        "invalid": 1,
    }
    told = {each["line"]: each for each in lines}
    assert told[1] == {"line": 1, "status": "accepted", "id": good["id"]}
    assert told[2]["errors"][0].keys() == {"detail", "pointer", "rule", "requirement"}
    (summary,) = await _import(admin, [good], "?report=problems")
    assert summary["summary"]["unchanged"] == 1


async def test_an_imported_statement_is_under_who_sends_it_or_its_own_authority(admin: Api) -> None:
    own = {"objectType": "Agent", "mbox": "mailto:own@example.com"}
    await _import(admin, [a_statement(authority=own)])
    await _import(admin, [a_statement(authority=own)], "?authority=keep")
    first, second = [each["authority"] for each in await _export(admin)]
    assert first["account"]["name"] == (await admin.get("/auth/me"))["data"]["id"]
    assert second == own


async def test_an_archive_brings_attachments_out_and_in(
    services: Services, admin: Api, client: Client
) -> None:
    statement, data = a_statement(attachments=[described(b"a photo")]), b"a photo"
    headers = {
        "Authorization": encode_basic_auth("key", "secret"),
        "X-Experience-API-Version": "1.0.3",
        "Content-Type": MULTIPART,
    }
    answer = await client.post(
        "/xapi/statements", data=body_of(statement, part(data)), headers=headers
    )
    assert answer.status == 200, await answer.text()
    exported = await admin.call("GET", f"{EXPORT}.tar")
    assert (exported.status, exported.headers["Content-Type"]) == (200, "application/x-tar")
    content = await exported.read()
    organization_id = services.sessions.organization_id
    for name in ("statements", "attachments.files", "attachments.chunks"):
        await services.database[name].delete_many({})
    tar = {"Content-Type": "application/x-tar"}
    taken = await admin.call("POST", IMPORT, data=content, headers=tar)
    lines = [json.loads(line) for line in (await taken.text()).splitlines()]
    assert [each["status"] for each in lines[:-1]] == ["accepted"]
    sha2 = statement["attachments"][0]["sha2"]
    found = await services.log.attachments.find(organization_id, [sha2])
    assert b"".join([each async for each in services.log.attachments.read(found[sha2])]) == data
    cut = await admin.call("POST", IMPORT, data=content[:700], headers=tar)
    assert cut.status == 400
    assert "cut off" in await cut.text()


async def test_an_export_is_resumed_after_the_last_whole_line(admin: Api) -> None:
    sent = [a_statement() for _ in range(12)]
    await _import(admin, sent)
    first = await _export(admin, "?limit=5")
    rest = await _export(admin, f"?after={first[-1]['stored']}")
    assert [each["id"] for each in first + rest] == [each["id"] for each in sent]
    nothing = await _export(admin, f"?after={rest[-1]['stored']}")
    assert nothing == []


async def test_a_csv_has_the_columns_of_the_query_and_goes_on_without_a_heading(admin: Api) -> None:
    sent = [a_statement(result={"score": {"scaled": n / 10}}) for n in range(4)]
    await _import(admin, sent)
    heading, *rows = await _rows(admin, "?columns=stored,id,result.score.scaled&limit=2")
    assert heading == ["stored", "id", "result.score.scaled"]
    rest = await _rows(
        admin, f"?columns=stored,id,result.score.scaled&heading=false&after={rows[-1][0]}"
    )
    assert [row[1] for row in rows + rest] == [each["id"] for each in sent]
    assert [float(row[2]) for row in rows + rest] == [0, 0.1, 0.2, 0.3]


async def test_filters_are_those_of_the_specification(admin: Api) -> None:
    verb = "http://example.com/verbs/other"
    sent = [a_statement(), a_statement(verb={"id": verb})]
    await _import(admin, sent)
    assert [each["id"] for each in await _export(admin, f"?verb={verb}")] == [sent[1]["id"]]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?verb=no-iri", "verb"),
        ("?after=yesterday", "after"),
        ("?limit=-1", "limit"),
        ("?colour=red", "colour"),
        (".csv?columns=ids", "columns"),
    ],
)
async def test_a_wrong_parameter_is_named(admin: Api, query: str, parameter: str) -> None:
    answer = await admin.call("GET", f"{EXPORT}{query}")
    assert answer.status == 400
    (error,) = (await answer.json())["errors"]
    assert error["source"] == {"parameter": parameter}


async def test_an_export_of_nothing_is_an_empty_file_and_says_until_when(admin: Api) -> None:
    answer = await admin.call("GET", EXPORT)
    assert await answer.read() == b""
    assert answer.headers["X-Experience-API-Consistent-Through"]
    assert 'filename="statements.ndjson"' in answer.headers["Content-Disposition"]
    assert len(await _rows(admin)) == 1
    head = await admin.call("HEAD", EXPORT)
    assert head.status == 200
    assert await head.read() == b""


async def test_an_export_is_compressed_for_who_takes_that(admin: Api) -> None:
    sent = [a_statement() for _ in range(300)]
    await _import(admin, sent)
    headers = {"Accept-Encoding": "gzip"}
    answer = await admin.call("GET", EXPORT, headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len((await answer.text()).splitlines()) == 300


async def test_an_import_may_be_compressed(admin: Api) -> None:
    content = gzip.compress(json.dumps(a_statement()).encode())
    headers = {**NDJSON, "Content-Encoding": "gzip"}
    answer = await admin.call("POST", IMPORT, data=content, headers=headers)
    assert json.loads((await answer.text()).splitlines()[-1])["summary"]["accepted"] == 1


async def test_only_ndjson_is_imported(admin: Api) -> None:
    answer = await admin.call("POST", IMPORT, json=[a_statement()])
    assert answer.status == 415
    (error,) = (await answer.json())["errors"]
    assert error["source"] == {"header": "Content-Type"}


async def test_another_organizations_statements_are_in_no_export(
    admin: Api, services: Services
) -> None:
    theirs = a_statement()
    await services.log.record("another", [theirs], authority={"mbox": "mailto:a@example.com"})
    assert await _export(admin) == []
    assert len(await _rows(admin)) == 1
    lines = await _import(admin, [theirs])
    assert lines[0]["status"] == "accepted"


async def test_who_may_read_statements_exports_and_only_administrators_import(
    admin: Api, services: Services
) -> None:
    await _import(admin, [a_statement()])
    await add_person(services, "officer@example.org", "compliance_officer")
    officer = await signed_in(admin.client, "officer@example.org", PASSWORD)
    assert len(await _export(officer)) == 1
    (errors,) = await _import(officer, [a_statement()], status=403)
    assert errors["errors"][0]["code"] == "forbidden"
