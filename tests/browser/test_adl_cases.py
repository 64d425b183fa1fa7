"""ADL's LMS test cases of SCORM 2004 4th Edition, played in Chromium.

A case takes some seconds here, and each runs without a browser as well: so a run plays every
twelfth, and all of them with LYCEUM_TEST_CASES=all.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from pymongo.asynchronous.database import AsyncDatabase

from tests.browser.adl import PlayedLms
from tests.conformance.scorm2004.test_lms_cases import CASES, FOLDER, replay

PLAYED = CASES if os.environ.get("LYCEUM_TEST_CASES") == "all" else CASES[::12]


@pytest.mark.skipif(FOLDER is None, reason="shared/adl-scorm2004-lms is not beside the checkout")
@pytest.mark.parametrize("name", PLAYED or ["none"])
async def test_the_case_is_exact_in_the_player(
    name: str, database: AsyncDatabase[dict[str, Any]], page: Page, tmp_path: Path
) -> None:
    assert FOLDER is not None
    lms = PlayedLms(database, page, tmp_path)
    await lms.runtime.prepare()
    async with lms.server:
        assert await asyncio.to_thread(replay, FOLDER, name, lms) == []
