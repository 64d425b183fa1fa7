"""The chain over REST and by `lyceum audit`: links, receipts, keys, and what an audit finds."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.health import lacking
from api.services import Services
from lrs.ledger.ledger import Ledger
from tests.api.callers import Api, Client
from tests.commands import lyceum
from tests.lrs.conftest import a_statement
from tests.tasks import until

AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.org"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make checkpoints only when asked to."""

    async def run(*_: Any) -> None:
        return

    monkeypatch.setattr(Ledger, "run", run)


@pytest.fixture
async def statement_id(services: Services) -> str:
    """One of three statements that a checkpoint covers."""
    return (await _covered(services, 3))[1]


async def _covered(services: Services, count: int) -> list[str]:
    ours, ledger = services.sessions.organization_id, services.ledger
    statements = [a_statement() for _ in range(count)]
    ids = await services.log.record(ours, statements, authority=AUTHORITY)
    places = [each.place for each in (await ledger.sources[0].named(ours, ids)).values()]
    assert await ledger.cover(ours, "statements", max(places))
    return ids


async def _another(services: Services) -> str:
    return (await _covered(services, 1))[0]


async def _verified(services: Services, admin: Api, **given: Any) -> dict[str, Any]:
    answer = await admin.call("POST", "/audit/verifications", json=given)
    assert answer.status == 202, await answer.text()
    job = (await answer.json())["data"]

    async def over() -> bool:
        answer = await admin.get(f"/jobs/{job['id']}")
        job.update(answer["data"]["attributes"])
        return job["state"] in ("done", "failed")

    await until(over)
    assert job["state"] == "done"
    return job


async def _alter(services: Services, statement_id: str) -> None:
    """As somebody with access to MongoDB can, with all that is extracted left alone."""
    which = {"_id": f"{services.sessions.organization_id}/{statement_id}"}
    found = await services.database["statements"].find_one(which)
    assert found is not None
    change = {"raw": found["raw"].replace(b"adlnet.gov", b"example.org")}
    await services.database["statements"].update_one(which, {"$set": change})


async def test_the_chain_is_shown_link_by_link(
    services: Services, admin: Api, statement_id: str
) -> None:
    page = await admin.get("/audit/checkpoints", params={"per_page": "1"})
    (last,) = page["data"]
    assert last["attributes"]["kind"] == "checkpoint"
    assert (last["attributes"]["log"], last["attributes"]["count"]) == ("statements", 3)
    (first,) = (await admin.get(page["links"]["next"].removeprefix("/api/v1")))["data"]
    assert (first["id"], first["attributes"]["kind"]) == ("1", "key")
    assert last["attributes"]["previous"] == first["attributes"]["hash"]
    assert (await admin.get("/audit/checkpoints/2"))["data"] == last
    shown = await admin.get("/audit/checkpoints", params={"kind": "checkpoint"})
    assert [each["id"] for each in shown["data"]] == ["2"]
    for unknown in ("3", "x"):
        assert (await admin.call("GET", f"/audit/checkpoints/{unknown}")).status == 404


async def test_an_audit_finds_nothing_and_then_what_was_altered(
    services: Services, admin: Api, statement_id: str
) -> None:
    receipt = await admin.get("/audit/receipt")
    job = await _verified(services, admin, receipt=receipt)
    assert (job["errors"], job["counts"]["entries"], job["progress"]) == ([], 3, 100)
    await _alter(services, statement_id)
    which = {"_id": f"{services.sessions.organization_id}/{await _another(services)}"}
    await services.database["statements"].update_one(which, {"$set": {"voided": True}})
    for quick, codes in ((True, ["altered"]), (False, ["altered", "voided"])):
        job = await _verified(services, admin, quick=quick)
        assert [each["code"] for each in job["errors"]] == codes
        assert job["errors"][0]["where"] == f"statements/{statement_id}"


async def test_a_receipt_that_was_altered_or_is_anothers_is_refused(
    admin: Api, statement_id: str
) -> None:
    receipt = await admin.get("/audit/receipt")
    answer = await admin.call(
        "POST", "/audit/verifications", json={"receipt": {**receipt, "number": 7}}
    )
    assert answer.status == 422
    assert (await answer.json())["errors"][0]["source"] == {"pointer": "/receipt"}


async def test_without_a_checkpoint_there_is_no_receipt(admin: Api) -> None:
    answer = await admin.call("GET", "/audit/receipt")
    assert (answer.status, (await answer.json())["errors"][0]["code"]) == (409, "nothing_recorded")


async def test_anybody_may_know_the_keys(
    client: Client, services: Services, statement_id: str, admin: Api
) -> None:
    receipt = await admin.get("/audit/receipt")
    answer = await client.get("/api/v1/audit/keys")
    (key,) = (await answer.json())["keys"]
    assert (key["public"], key["retired_at"]) == (receipt["public_key"], None)
    assert "private" not in key


async def _lose_the_secret(services: Services, told: Any) -> None:
    """A key is made by a secret that no server knows any more; the chain begins anew."""
    ours, ledger = services.sessions.organization_id, services.ledger
    code, _, said = await told("rotate-key", "--lost")
    assert (code, "No key is lost" in said) == (1, True)
    await told("rotate-key", "--ledger-secret", "a-secret-that-gets-lost")
    assert not await ledger.can_sign(ours)
    (warning,) = lacking(services)
    code, _, said = await told("rotate-key")
    assert (code, said) == (1, f"{warning}\n")
    assert warning.endswith("lyceum audit rotate-key --lost")
    code, said, _ = await told("rotate-key", "--lost")
    assert (code, "No key vouches for it" in said) == (0, True)
    assert await ledger.can_sign(ours)
    assert lacking(services) == []
    known = said.rstrip().rpartition("=")[2]
    code, said, _ = await told("verify", "--quick")
    assert (code, "begins anew by a key" in said) == (1, True)
    code, said, _ = await told("verify", "--quick", "--ledger-known-keys", known)
    assert (code, "Nothing is wrong." in said) == (0, True)


async def test_the_command_line_tells_it_by_its_exit_code(
    services: Services, statement_id: str, mongodb_uri: str, tmp_path: Path
) -> None:
    name = services.database.name
    database = ("--mongodb-uri", mongodb_uri, "--mongodb-database", name)
    kept = tmp_path / "receipt.json"

    async def told(*arguments: str) -> tuple[int, str, str]:
        return await asyncio.to_thread(lyceum, "audit", *arguments, *database)

    assert await told("receipt", str(kept)) == (0, "", "")
    assert orjson.loads(kept.read_bytes())["number"] == 2
    code, said, _ = await told("verify", "--receipt", str(kept))
    assert (code, "Nothing is wrong." in said) == (0, True)
    code, said, _ = await told("rotate-key")
    assert (code, "signs from now on" in said) == (0, True)
    await _lose_the_secret(services, told)
    await _alter(services, statement_id)
    code, said, _ = await told("verify", "--quick")
    assert (code, f"{statement_id} The statement of" in said) == (1, True)
    await services.database["ledger_links"].delete_many({"number": {"$gte": 2}})
    await services.database["ledger_heads"].delete_many({})
    code, said, _ = await told("verify", "--quick", "--receipt", str(kept))
    assert (code, "is in the receipt, and is not there" in said) == (1, True)
    kept.write_bytes(b"{}")
    code, _, said = await told("verify", "--receipt", str(kept))
    assert (code, said) == (1, "It is not a receipt.\n")
