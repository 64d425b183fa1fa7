"""The PyPI client `tincan` against the xAPI resources on a real port."""

import asyncio
from typing import Any

from tincan import (
    Activity,
    Agent,
    RemoteLRS,
    Statement,
    StatementRef,
    Verb,
)

from lrs.credentials import IssuedCredential


async def test_tincan_saves_queries_and_voids(
    application: Any, aiohttp_server: Any, issued: IssuedCredential
) -> None:
    server = await aiohttp_server(application)
    lrs = RemoteLRS(
        version="1.0.3",
        endpoint=str(server.make_url("/xapi/")),
        username=issued.key,
        password=issued.secret,
    )
    statement = Statement(
        actor=Agent(mbox="mailto:ada@example.com"),
        verb=Verb(id="http://adlnet.gov/expapi/verbs/completed"),
        object=Activity(id="https://example.com/activities/1"),
    )
    saved = await asyncio.to_thread(lrs.save_statement, statement)
    assert saved.success, saved.data
    statement_id = saved.content.id

    query = {"verb": statement.verb, "limit": 5}
    found = await asyncio.to_thread(lrs.query_statements, query)
    assert found.success, found.data
    assert [each.id for each in found.content.statements] == [statement_id]

    voiding = Statement(
        actor=statement.actor,
        verb=Verb(id="http://adlnet.gov/expapi/verbs/voided"),
        object=StatementRef(id=statement_id),
    )
    assert (await asyncio.to_thread(lrs.save_statement, voiding)).success
    assert not (await asyncio.to_thread(lrs.retrieve_statement, statement_id)).success
    voided = await asyncio.to_thread(lrs.retrieve_voided_statement, statement_id)
    assert voided.content.id == statement_id
