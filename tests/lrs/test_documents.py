"""Documents: what may be written over what, by many writers at once (Communication 2.2, 3.1)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from lrs.documents import Address, Content, Documents, Subject
from lrs.documents.documents import merge
from lrs.documents.preconditions import Preconditions, entity_tag, read_preconditions
from lrs.errors import BadRequest, DocumentConflict, PreconditionFailed, TooLarge
from lrs.store import prepare
from lrs.versions import VERSIONS

ADA, GRACE = "mbox:mailto:ada@example.com", "mbox:mailto:grace@example.com"
SUBJECT = Subject(
    organization_id="organization-1",
    kind="state",
    agent=ADA,
    activity="https://example.com/activities/1",
)
ADDRESS = Address(SUBJECT, "bookmark")
NEW = Preconditions(if_none_match=frozenset("*"))
ANY = Preconditions(if_match=frozenset("*"))
NONE = Preconditions()
OLD_VERSION, NEW_VERSION = VERSIONS["1.0.3"], VERSIONS["2.0.0"]
WRITERS = 24


def json(text: str) -> Content:
    """Return content that can be merged."""
    return Content(text.encode(), "application/json")


@pytest.fixture
async def servers(database: Any, mongodb_uri: str) -> AsyncIterator[list[Documents]]:
    """Two servers of one database, each with a connection of its own."""
    await prepare(database)
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as other:
        yield [Documents(database), Documents(other[database.name])]


@pytest.fixture
def documents(servers: Sequence[Documents]) -> Documents:
    """One server."""
    return servers[0]


async def body(documents: Documents, address: Address = ADDRESS) -> bytes | None:
    """Return what a document holds."""
    document = await documents.get(address)
    return document.content.body if document else None


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "tag", "holds"),
    [
        (None, None, None, True),
        ('"a"', None, "a", True),
        ('"a"', None, "b", False),
        ('"a"', None, None, False),
        ('"b", "a"', None, "a", True),
        ("a", None, "a", True),
        ('W/"a"', None, "a", True),
        ("*", None, "a", True),
        (" * ", None, None, False),
        ('"*"', None, "a", True),
        ("", None, "a", False),
        (None, "*", None, True),
        (None, "*", "a", False),
        (None, '"a"', "a", False),
        (None, '"a"', "b", True),
        ('"a"', '"b"', "a", True),
        ('"a"', "*", "a", False),
    ],
)
def test_preconditions_hold_where_they_name_what_is_there(
    if_match: str | None, if_none_match: str | None, tag: str | None, holds: bool
) -> None:
    """RFC 9110, 13.1: also without quotes, as some clients send them."""
    assert read_preconditions(if_match, if_none_match).hold(tag) is holds


def test_a_merge_replaces_properties_whole_and_keeps_the_bytes_of_values() -> None:
    """XAPI-00183, 00184: 1.0 stays 1.0, and what is nested is not merged."""
    merged = merge(
        "state", json('{"a": 1.0, "b": {"c": 1e2}, "d": "\\u00e9"}'), json('{"b":{"x":[ 1 ]}}')
    )
    assert merged.body == b'{"a":1.0,"b":{"x":[ 1 ]},"d":"\\u00e9"}'


@pytest.mark.parametrize("text", ["[1]", "7", "null", '"text"'])
def test_what_is_no_object_cannot_be_merged(text: str) -> None:
    """XAPI-00229: neither into an object nor an object into it."""
    for pair in ((json(text), json("{}")), (json("{}"), json(text))):
        with pytest.raises(BadRequest, match="no JSON object"):
            merge("state", *pair)
    assert merge("state", None, json(text)).body == text.encode()


def test_json_without_end_is_refused() -> None:
    """XAPI-00235: neither a very deep document nor half a one reaches the database."""
    for text in ("[" * 100_000, '{"a":' * 100_000, "{", "nul", '{"a": NaN}', '"\udc00"'):
        posted = Content(text.encode(errors="surrogatepass"), "application/json")
        for current in (None, json("{}")):
            with pytest.raises(BadRequest):
                merge("state", current, posted)


async def test_of_many_writers_who_saw_the_same_one_wins(servers: list[Documents]) -> None:
    """XAPI-00322: PUTs and DELETEs with one If-Match, on two servers: one goes through."""
    await servers[0].put(ADDRESS, json("{}"), NEW, NEW_VERSION)
    seen = Preconditions(if_match=frozenset({entity_tag(b"{}")}))
    writes = [
        servers[number % 2].put(ADDRESS, json(f'{{"by": {number}}}'), seen, NEW_VERSION)
        for number in range(WRITERS)
    ]
    deletes = [server.delete(ADDRESS, seen) for server in servers]
    outcomes = await asyncio.gather(*writes, *deletes, return_exceptions=True)
    winners = [number for number, outcome in enumerate(outcomes) if outcome is None]
    assert len(winners) == 1
    assert all(isinstance(each, PreconditionFailed) for each in outcomes if each is not None)
    left = f'{{"by": {winners[0]}}}'.encode() if winners[0] < WRITERS else None
    assert await body(servers[1]) == left


@pytest.mark.parametrize("preconditions", [NEW, NONE], ids=["if-none-match", "no header"])
async def test_of_many_who_make_a_document_one_does(
    servers: list[Documents], preconditions: Preconditions
) -> None:
    """XAPI-00322: the others are told that it is there by now."""
    writes = [
        servers[number % 2].put(ADDRESS, json(f"{number}"), preconditions, NEW_VERSION)
        for number in range(WRITERS)
    ]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    (winner,) = (number for number, outcome in enumerate(outcomes) if outcome is None)
    refusals = {type(each) for each in outcomes if each is not None}
    assert refusals == {PreconditionFailed if preconditions is NEW else DocumentConflict}
    assert await body(servers[0]) == f"{winner}".encode()


async def test_no_merge_is_lost(servers: list[Documents]) -> None:
    """XAPI-00184: POSTs of different properties at once leave all of them."""
    posts = [
        servers[number % 2].post(ADDRESS, json(f'{{"{number}":{number}}}'), NONE)
        for number in range(WRITERS)
    ]
    await asyncio.gather(*posts)
    document = await servers[0].get(ADDRESS)
    assert document is not None
    merged = merge("state", None, document.content).body.decode()
    assert sorted(merged.strip("{}").split(",")) == sorted(
        f'"{number}":{number}' for number in range(WRITERS)
    )


async def test_no_merge_is_lost_between_deletions(servers: list[Documents]) -> None:
    """XAPI-00322: who deletes what it saw never deletes what was merged into it since."""
    await servers[0].put(ADDRESS, json("{}"), NEW, NEW_VERSION)
    seen = Preconditions(if_match=frozenset({entity_tag(b"{}")}))
    deleted, _ = await asyncio.gather(
        servers[0].delete(ADDRESS, seen),
        servers[1].post(ADDRESS, json('{"a":1}'), NONE),
        return_exceptions=True,
    )
    assert deleted is None or isinstance(deleted, PreconditionFailed)
    assert await body(servers[0]) == b'{"a":1}'


async def test_content_that_comes_back_the_same_is_a_write_all_the_same(
    servers: list[Documents],
) -> None:
    """XAPI-00322: a tag that was there before, and is again, lets its holder write."""
    await servers[0].put(ADDRESS, json("1"), NEW, NEW_VERSION)
    seen = Preconditions(if_match=frozenset({entity_tag(b"1")}))
    await servers[1].put(ADDRESS, json("2"), ANY, NEW_VERSION)
    await servers[1].put(ADDRESS, json("1"), ANY, NEW_VERSION)
    await servers[0].put(ADDRESS, json("3"), seen, NEW_VERSION)
    assert await body(servers[0]) == b"3"


async def test_a_document_past_the_limit_is_refused_and_so_is_a_merge_into_one(
    database: Any,
) -> None:
    """413, and what is there stays."""
    documents = Documents(database, limit=20)
    await documents.put(ADDRESS, json('{"a":"0123456789"}'), NEW, NEW_VERSION)
    with pytest.raises(TooLarge):
        await documents.put(ADDRESS, json(" " * 21), ANY, NEW_VERSION)
    with pytest.raises(TooLarge):
        await documents.post(ADDRESS, json('{"b":"0123456789"}'), NONE)
    assert await body(documents) == b'{"a":"0123456789"}'


async def test_organizations_do_not_see_each_others_documents(documents: Documents) -> None:
    """One address in two organizations is two places."""
    other = Address(
        Subject(
            organization_id="organization-2",
            kind="state",
            agent=SUBJECT.agent,
            activity=SUBJECT.activity,
        ),
        "bookmark",
    )
    await documents.put(ADDRESS, json("1"), NEW, NEW_VERSION)
    assert await body(documents, other) is None
    assert await documents.ids(other.subject) == []
    await documents.put(other, json("2"), NEW, NEW_VERSION)
    await documents.delete_all(other.subject)
    assert await body(documents) == b"1"


async def test_erasing_an_agent_takes_its_states_and_profile_and_nothing_else(
    documents: Documents,
) -> None:
    """Of every activity and registration; other agents, organizations and activities stay."""
    organization, activity = "organization-1", "https://example.com/activities/1"
    registered = Subject(
        organization_id=organization,
        kind="state",
        agent=ADA,
        activity="https://example.com/activities/2",
        registration="01234567-89ab-4def-8123-456789abcdef",
    )
    erased = [
        SUBJECT,
        registered,
        Subject(organization_id=organization, kind="agent_profile", agent=ADA),
    ]
    kept = [
        Subject(organization_id=organization, kind="state", agent=GRACE, activity=activity),
        Subject(organization_id=organization, kind="agent_profile", agent=GRACE),
        Subject(organization_id=organization, kind="activity_profile", activity=activity),
        Subject(organization_id="organization-2", kind="agent_profile", agent=ADA),
    ]
    for subject in (*erased, *kept):
        await documents.put(Address(subject, "d"), json("{}"), NEW, NEW_VERSION)
    assert await documents.erase_agent(organization, ADA) == len(erased)
    assert [await documents.ids(subject) for subject in erased] == [[], [], []]
    assert [len(await documents.ids(subject)) for subject in kept] == [1, 1, 1, 1]
    assert await documents.erase_agent(organization, ADA) == 0


async def test_every_question_has_its_index(documents: Documents, database: Any) -> None:
    """No question reads a whole collection."""
    await documents.put(ADDRESS, json("{}"), NEW, NEW_VERSION)
    for wanted in (
        {"organization_id": "o", "kind": "state", "agent": ADA, "activity": "a"},
        {"organization_id": "o", "kind": "agent_profile", "agent": ADA, "activity": None},
        {"organization_id": "o", "kind": {"$in": ["state", "agent_profile"]}, "agent": ADA},
    ):
        plan = await database["documents"].find(wanted).explain()
        assert "by_subject" in str(plan["queryPlanner"]["winningPlan"])
