"""The same cases through the runtime: every step stored in MongoDB, every commit sent twice."""

import asyncio
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from tests.conformance.scorm2004.served import ServedLms
from tests.conformance.scorm2004.test_lms_cases import CASES, FOLDER, replay


@pytest.mark.skipif(FOLDER is None, reason="shared/adl-scorm2004-lms is not beside the checkout")
@pytest.mark.parametrize("name", CASES or ["none"])
async def test_the_case_is_exact_as_served(
    name: str, database: AsyncDatabase[dict[str, Any]]
) -> None:
    assert FOLDER is not None
    loop = asyncio.get_running_loop()
    lms = await asyncio.to_thread(ServedLms, database, loop)
    assert await asyncio.to_thread(replay, FOLDER, name, lms) == []
