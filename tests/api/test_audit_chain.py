"""The audit log is chained as the statements are; erasing a person leaves the chain whole."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from api import audit_chain
from api.audit import Change, Whence
from api.audit_chain import AUDIT, pseudonymise
from api.services import Services
from lrs.ledger.ledger import Ledger
from lrs.ledger.verification import Breach, Verification

WHENCE = Whence(address="192.0.2.1", user_agent="A browser", credential="session_1")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cover entries at once, and only when asked to."""

    async def run(*_: Any) -> None:
        return

    monkeypatch.setattr(Ledger, "run", run)
    monkeypatch.setattr(audit_chain, "SETTLED", timedelta(0))


@pytest.fixture
async def organization_id(services: Services) -> str:
    """Whose audit log has five entries, all covered."""
    ours = services.sessions.organization_id
    change = Change(before={"name": "Ada"}, after={"name": "Grace"})
    people = ("user_ada", "user_ada", "user_eve", "user_eve", "user_eve")
    for index, who in enumerate(people):
        subject = "user_ada" if index == 2 else f"course_{index}"
        options: dict[str, Any] = {"whence": WHENCE, "change": change}
        await services.audit.append(ours, who, "PATCH /users/{user_id}", [subject], **options)
    assert await services.ledger.advance(ours, at_once=True) >= 1
    return ours


async def _breaches(services: Services, organization_id: str) -> list[Breach]:
    ledger = services.ledger
    check = Verification(ledger.store, organization_id, ledger.sources)
    found = [each async for portion in check.run() for each in portion]
    assert check.checked == check.total >= 5
    return found


async def _tamper(services: Services, index: int, change: Mapping[str, Any] | None) -> str:
    entries = services.database["audit_log"]
    found = await entries.find(sort=[("at", 1), ("_id", 1)]).to_list()
    which = {"_id": found[index]["_id"]}
    await (entries.update_one(which, change) if change else entries.delete_one(which))
    return str(which["_id"])


@pytest.mark.parametrize(
    ("change", "code"),
    [({"$set": {"who": "user_bob"}}, "altered"), (None, "removed")],
    ids=["altered", "removed"],
)
async def test_what_is_done_to_an_entry_is_found(
    services: Services, organization_id: str, change: Mapping[str, Any] | None, code: str
) -> None:
    assert await _breaches(services, organization_id) == []
    entry = await _tamper(services, 3, change)
    (found,) = await _breaches(services, organization_id)
    assert (found.code, found.log, found.where) == (code, AUDIT, entry)


async def test_a_person_is_erased_from_it_and_the_chain_is_whole(
    services: Services, organization_id: str
) -> None:
    database, ledger = services.database, services.ledger
    await pseudonymise(database, ledger, organization_id, "user_ada", "erased_1")
    kept = await database["audit_log"].find(sort=[("at", 1), ("_id", 1)]).to_list()
    assert [each["who"] for each in kept] == ["erased_1"] * 2 + ["user_eve"] * 3
    assert [each["subjects"] for each in kept][2] == ["erased_1"]
    assert ["address" in each for each in kept] == [False] * 2 + [True] * 3
    assert ["before" in each for each in kept] == [True, True, False, True, True]
    assert "user_ada" not in str(kept)
    assert await _breaches(services, organization_id) == []
    await _tamper(services, 0, {"$set": {"who": "user_ada"}})
    assert [each.code for each in await _breaches(services, organization_id)] == ["altered"]
