"""What a server of its own has, as far as the database sees it: a client and a loop."""

import asyncio
from typing import Any

from pymongo import AsyncMongoClient

from content.certificates import issuing
from content.certificates.issuing import CertificateDraft
from content.errors import Conflict
from content.store import Store


def issue_at_once(
    uri: str, database: str, organization_id: str, course_id: str, person_ids: list[str]
) -> list[str]:
    """Issue to all these people at once; the numbers, or why there is none."""

    async def one(store: Store, person_id: str) -> str:
        draft = CertificateDraft(
            person_id=person_id, course_id=course_id, force_reason="Taught live"
        )
        try:
            return (await issuing.issue(store, organization_id, draft)).number
        except Conflict as error:
            return error.code

    async def everybody() -> list[str]:
        async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
            store = Store(client[database])
            return await asyncio.gather(*(one(store, each) for each in person_ids))

    return asyncio.run(everybody())
