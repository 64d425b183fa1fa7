"""An enrollment's history: every statement in the log that belongs to it."""

from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import structs

from content.enrollment.enrollments import Enrollment
from content.people import people
from content.progress.matching import match
from content.store import Store
from lrs.query import StatementPage, StatementQuery
from lrs.statement import StoredStatement

PAGE = 500


class Log(Protocol):
    """What is asked of the statement log."""

    async def find(self, organization_id: str, query: StatementQuery) -> StatementPage:
        """The statements that match, without the voided ones."""

    async def get(self, organization_id: str, statement_id: str) -> StoredStatement | None:
        """The statement with this id, voided or not."""


async def history(
    store: Store, log: Log, enrollment: Enrollment
) -> AsyncIterator[list[StoredStatement]]:
    """The enrollment's statements, page by page, some of them twice, without the voided."""
    organization_id = enrollment.organization_id
    person = await people.get(store, organization_id, enrollment.person_id)
    queries = [
        StatementQuery(registration=each, limit=PAGE, ascending=True)
        for each in enrollment.registrations
    ]
    queries += [StatementQuery(agent=key, limit=PAGE, ascending=True) for key in person.agents]
    for query in queries:
        async for statements in _pages(log, organization_id, query):
            matched = await match(store, organization_id, statements)
            if enrollment.id in matched:
                yield matched[enrollment.id][1]


async def _pages(
    log: Log, organization_id: str, query: StatementQuery
) -> AsyncIterator[list[StoredStatement]]:
    while True:
        page = await log.find(organization_id, query)
        yield page.statements
        if page.cursor is None:
            return
        query = structs.replace(query, cursor=page.cursor)
