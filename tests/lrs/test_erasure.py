"""Erasing a person: what is by or about them goes, elsewhere a pseudonym takes their place."""

import uuid
from typing import Any

import orjson
import pytest

from lrs import erasure as erasing
from lrs.documents import Documents
from lrs.documents.preconditions import Preconditions
from lrs.documents.store import Address, Content, Kind, Subject
from lrs.erasure import Erased, Erasure
from lrs.log import StatementLog
from lrs.metadata import Metadata
from lrs.person import Person
from lrs.query import StatementQuery
from lrs.statements.intake import admit
from lrs.verification import Verification
from lrs.versions import VERSIONS
from tests.lrs.chain import a_ledger
from tests.lrs.conftest import ORGANIZATION, Statement, a_statement, voiding

ADA = {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.com"}
ACCOUNT = {"homePage": "https://lms.example.com", "name": "user_1"}
GRACE = {"objectType": "Agent", "name": "Grace", "mbox": "mailto:grace@example.com"}
KEYS = ("mbox:mailto:ada@example.com", "account:https://lms.example.com|user_1")
PSEUDONYM = {"homePage": "https://lms.example.com", "name": "erased_1"}
PERSON = Person(organization_id=ORGANIZATION, agents=frozenset(KEYS), pseudonym=PSEUDONYM)
AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.com"}
GROUP = {"objectType": "Group", "member": [GRACE, ADA]}
ANONYMOUS = {"objectType": "Agent", "account": PSEUDONYM}
NAMED = {
    "an instructor": {"context": {"instructor": ADA}},
    "a member of a team": {"context": {"team": GROUP}},
    "a member of an actor": {"actor": GROUP},
    "an account of theirs": {"context": {"instructor": {"account": ACCOUNT}}},
    "around a substatement": {
        "object": {
            "objectType": "SubStatement",
            "actor": GRACE,
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://example.com/activities/1"},
            "context": {"instructor": ADA},
        }
    },
}
ABOUT = {
    "the actor": {"actor": ADA},
    "the actor by account": {"actor": {"account": ACCOUNT}},
    "the object": {"object": ADA},
    "the actor of a substatement": {
        "object": {**NAMED["around a substatement"]["object"], "actor": ADA}  # type: ignore[dict-item]
    },
}


def by_grace(**properties: Any) -> Statement:
    return a_statement(**{"actor": GRACE, **properties})


def referring(statement_id: str, actor: Any = GRACE) -> Statement:
    return a_statement(actor=actor, object={"objectType": "StatementRef", "id": statement_id})


async def record(log: StatementLog, *statements: Statement, **options: Any) -> None:
    for each in statements:
        await log.record(ORGANIZATION, [each], authority=AUTHORITY, **options)


def erasure(database: Any, log: StatementLog) -> Erasure:
    metadata = Metadata(database, log)
    return Erasure(database, log.attachments, Documents(database), metadata, a_ledger(database))


async def erase(database: Any, log: StatementLog) -> list[Erased]:
    told: list[Erased] = []

    async def erased(batch: Erased) -> None:
        told.append(batch)

    await erasure(database, log).statements(PERSON, erased)
    assert [each async for each in Verification(database).run()] == []
    return told


async def stored(log: StatementLog, statement: Statement) -> Any:
    found = await log.get(ORGANIZATION, statement["id"])
    return None if found is None else orjson.loads(found.raw)


@pytest.mark.parametrize("properties", ABOUT.values(), ids=ABOUT)
async def test_what_is_by_or_about_the_person_is_deleted(
    database: Any, log: StatementLog, properties: Statement
) -> None:
    theirs = by_grace(**properties)
    await record(log, theirs)
    assert await erase(database, log) == [Erased(deleted=1)]
    assert await stored(log, theirs) is None


@pytest.mark.parametrize("properties", NAMED.values(), ids=NAMED)
async def test_elsewhere_a_pseudonym_takes_the_persons_place(
    database: Any, log: StatementLog, properties: Statement
) -> None:
    another = by_grace(**properties)
    await record(log, another)
    before = await stored(log, another)
    assert await erase(database, log) == [Erased(pseudonymised=1)]
    after = await stored(log, another)
    text = orjson.dumps(after).decode()
    assert "ada@example.com" not in text
    assert "Ada" not in text
    assert "user_1" not in text
    assert "erased_1" in text
    assert {name for name in after if after[name] != before[name]} == set(properties)
    pseudonym = StatementQuery(
        agent="account:https://lms.example.com|erased_1", related_agents=True
    )
    assert len((await log.find(ORGANIZATION, pseudonym)).statements) == 1
    for each in KEYS:
        gone = StatementQuery(agent=each, related_agents=True)
        assert (await log.find(ORGANIZATION, gone)).statements == []


async def test_agents_and_groups_of_a_context_are_covered(database: Any, log: StatementLog) -> None:
    another = by_grace(
        context={
            "contextAgents": [{"objectType": "contextAgent", "agent": ADA}],
            "contextGroups": [{"objectType": "contextGroup", "group": GROUP}],
        }
    )
    await record(log, another, version="2.0.0")
    assert await erase(database, log) == [Erased(pseudonymised=1)]
    context = (await stored(log, another))["context"]
    assert context["contextAgents"][0]["agent"] == ANONYMOUS
    assert context["contextGroups"][0]["group"]["member"] == [GRACE, ANONYMOUS]


async def test_an_authority_is_covered(database: Any, log: StatementLog) -> None:
    another = by_grace()
    await log.record(ORGANIZATION, [another], authority=ADA)
    assert await erase(database, log) == [Erased(pseudonymised=1)]
    assert (await stored(log, another))["authority"] == ANONYMOUS


async def test_what_the_person_voided_stays_voided(database: Any, log: StatementLog) -> None:
    another = by_grace()
    await record(log, another, voiding(another["id"], actor=ADA))
    assert await erase(database, log) == [Erased(pseudonymised=1)]
    stored_another = await log.get(ORGANIZATION, another["id"])
    assert stored_another is not None
    assert stored_another.voided


async def test_what_was_voided_is_deleted_as_well(database: Any, log: StatementLog) -> None:
    theirs = a_statement(actor=ADA)
    await record(log, theirs, voiding(theirs["id"], actor=GRACE))
    assert await erase(database, log) == [Erased(deleted=1)]
    assert await stored(log, theirs) is None


async def test_remarks_about_deleted_statements_stay_and_are_found_by_their_own(
    database: Any, log: StatementLog
) -> None:
    theirs = a_statement(actor=ADA)
    remark = referring(theirs["id"])
    beyond = referring(remark["id"])
    await record(log, beyond, theirs, remark)
    assert await erase(database, log) == [Erased(deleted=1)]
    assert (await log.find(ORGANIZATION, StatementQuery(agent=KEYS[0]))).statements == []
    grace = StatementQuery(agent="mbox:mailto:grace@example.com")
    found = {each.statement_id for each in (await log.find(ORGANIZATION, grace)).statements}
    assert found == {remark["id"], beyond["id"]}


async def test_places_of_what_only_the_person_awaited_go(database: Any, log: StatementLog) -> None:
    missing = str(uuid.uuid4())
    await record(log, referring(missing, actor=ADA))
    await erase(database, log)
    assert await database.statements.count_documents({}) == 0


async def test_a_signed_statement_cannot_be_changed_and_is_deleted(
    database: Any, log: StatementLog
) -> None:
    signature = {
        "usageType": "http://adlnet.gov/expapi/attachments/signature",
        "display": {"en": "Signature"},
        "contentType": "application/octet-stream",
        "length": 1,
        "sha2": "0" * 64,
        "fileUrl": "https://example.com/signature",
    }
    signed = by_grace(context={"instructor": ADA}, attachments=[signature])
    admitted = admit([signed], authority=AUTHORITY, version="1.0.3", parts_follow=True)
    await log.append(ORGANIZATION, admitted)
    assert await erase(database, log) == [Erased(deleted=1)]


async def test_nobody_elses_statement_is_touched(database: Any, log: StatementLog) -> None:
    plain, other = by_grace(), a_statement(actor=ADA)
    await record(log, plain)
    await log.record("organization-2", [other], authority=AUTHORITY)
    before = await database.statements.find().sort("_id").to_list()
    assert await erase(database, log) == []
    assert await database.statements.find().sort("_id").to_list() == before


async def test_many_are_erased_in_batches_and_a_second_time_nothing(
    database: Any, log: StatementLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "BATCH", 3)
    await record(log, *(a_statement(actor=ADA) for _ in range(7)), *(by_grace() for _ in range(2)))
    assert sum(each.deleted for each in await erase(database, log)) == 7
    assert await erase(database, log) == []


async def test_the_persons_documents_and_names_go_and_nobody_elses(
    database: Any, log: StatementLog
) -> None:
    grace, activity = "mbox:mailto:grace@example.com", "https://example.com/activities/1"
    documents, metadata = Documents(database), Metadata(database, log)

    async def put(kind: Kind, agent: str | None, organization_id: str = ORGANIZATION) -> Address:
        about = None if kind == "agent_profile" else activity
        subject = Subject(organization_id=organization_id, kind=kind, agent=agent, activity=about)
        address, content = Address(subject, "bookmark"), Content(b"{}", "application/json")
        new = Preconditions(if_none_match=frozenset("*"))
        await documents.put(address, content, new, VERSIONS["1.0.3"])
        return address

    kept = [
        await put("state", grace),
        await put("activity_profile", None),
        await put("state", KEYS[0], "organization-2"),
    ]
    theirs = [await put("state", KEYS[0]), await put("agent_profile", KEYS[1])]
    await record(log, a_statement(actor=ADA), by_grace())
    assert await metadata.names(ORGANIZATION, KEYS[0]) == ["Ada"]
    await erase(database, log)
    assert (
        await Erasure(database, log.attachments, documents, metadata, a_ledger(database)).documents(
            PERSON
        )
        == 2
    )
    assert [await documents.get(each) for each in theirs] == [None, None]
    assert None not in [await documents.get(each) for each in kept]
    assert await metadata.names(ORGANIZATION, KEYS[0]) == []
    assert await metadata.names(ORGANIZATION, grace) == ["Grace"]
